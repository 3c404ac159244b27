/** What goes in and out of the Lambda face (AWS Lambda API reference): checks requests, and becomes OpenAPI. */
import Type, { type Static } from 'typebox';

const text = (maxLength: number, examples: string[] = []) => Type.String({ maxLength, examples });
const object = Type.Record(Type.String(), Type.Unknown());
const strings = Type.Record(Type.String(), Type.String());
const name = Type.String({
  minLength: 1,
  maxLength: 170,
  description: 'A name, a part of an ARN or a whole one.',
  examples: ['MyFunction'],
});
const zipFile = Type.String({ description: 'A zip archive in base64.' });
/** Of what is not offered: taken only where it is empty. */
const refused = Type.Optional(Type.Unknown());

/** Stored and given back. */
export const keptMembers = ['TracingConfig', 'EphemeralStorage', 'LoggingConfig', 'SnapStart'] as const;
export const refusedMembers = [
  'Layers',
  'VpcConfig',
  'ImageConfig',
  'FileSystemConfigs',
  'DeadLetterConfig',
  'KMSKeyArn',
  'CodeSigningConfigArn',
  'CapacityProviderConfig',
  'DurableConfig',
  'TenancyConfig',
] as const;

const settings = {
  Role: Type.Optional(text(400, ['arn:aws:iam::000000000000:role/any'])),
  Handler: Type.Optional(text(128, ['index.handler'])),
  Runtime: Type.Optional(text(40, ['nodejs20.x', 'python3.11'])),
  Description: Type.Optional(text(256)),
  Timeout: Type.Optional(Type.Integer({ minimum: 1, maximum: 300, description: 'Seconds; 3 unless told.' })),
  MemorySize: Type.Optional(
    Type.Integer({ minimum: 64, maximum: 2048, description: 'MiB; 128 unless told.' }),
  ),
  Environment: Type.Optional(Type.Object({ Variables: Type.Optional(strings) })),
  TracingConfig: Type.Optional(object),
  EphemeralStorage: Type.Optional(object),
  LoggingConfig: Type.Optional(object),
  SnapStart: Type.Optional(object),
  Layers: refused,
  VpcConfig: refused,
  ImageConfig: refused,
  FileSystemConfigs: refused,
  DeadLetterConfig: refused,
  KMSKeyArn: refused,
  CodeSigningConfigArn: refused,
  CapacityProviderConfig: refused,
  DurableConfig: refused,
  TenancyConfig: refused,
};
const strict = { additionalProperties: false };

export const createBody = Type.Object(
  {
    ...settings,
    FunctionName: name,
    Code: Type.Object({ ZipFile: Type.Optional(zipFile) }, { description: 'ZipFile only.' }),
    PackageType: Type.Optional(Type.Literal('Zip')),
    Publish: Type.Optional(Type.Boolean()),
    Tags: Type.Optional(strings),
    Architectures: Type.Optional(Type.Array(text(20))),
  },
  strict,
);
export type CreateBody = Static<typeof createBody>;
export const configurationBody = Type.Object({ ...settings, RevisionId: Type.Optional(text(100)) }, strict);
export type ConfigurationBody = Static<typeof configurationBody>;
export const codeBody = Type.Object(
  {
    ZipFile: Type.Optional(zipFile),
    Publish: Type.Optional(Type.Boolean()),
    DryRun: Type.Optional(Type.Boolean()),
    RevisionId: Type.Optional(text(100)),
    Architectures: Type.Optional(Type.Array(text(20))),
    S3Bucket: refused,
    S3Key: refused,
    S3ObjectVersion: refused,
    ImageUri: refused,
    SourceKMSKeyArn: refused,
  },
  strict,
);

export const nameParams = Type.Object({ FunctionName: name });
export const qualifierQuery = Type.Object({ Qualifier: Type.Optional(text(128, ['live', '3'])) });
const maxItems = Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 }));
const marker = Type.Optional(
  Type.String({ pattern: '^[1-9][0-9]{0,8}$', description: 'As the page before said.' }),
);
export const listQuery = Type.Object({
  Marker: marker,
  MaxItems: maxItems,
  FunctionVersion: Type.Optional(Type.Literal('ALL')),
  MasterRegion: refused,
});
export const pageQuery = Type.Object({ Marker: marker, MaxItems: maxItems });

export const configuration = Type.Object({
  FunctionName: name,
  FunctionArn: text(400),
  Runtime: text(40, ['nodejs20.x']),
  Role: text(400),
  Handler: text(200, ['index.handler']),
  CodeSize: Type.Integer(),
  Description: text(1024),
  Timeout: Type.Number({ description: 'Seconds.' }),
  MemorySize: Type.Number({ description: 'MiB.' }),
  LastModified: text(40, ['2026-01-02T03:04:05.678+0000']),
  CodeSha256: text(100),
  Version: text(20, ['$LATEST']),
  RevisionId: text(100),
  State: Type.Literal('Active'),
  LastUpdateStatus: Type.Literal('Successful'),
  PackageType: Type.Literal('Zip'),
  Architectures: Type.Array(text(20)),
  Environment: Type.Optional(Type.Object({ Variables: strings })),
  TracingConfig: Type.Optional(object),
  EphemeralStorage: Type.Optional(object),
  LoggingConfig: Type.Optional(object),
  SnapStart: Type.Optional(object),
});
export type Configuration = Static<typeof configuration>;
const nextMarker = Type.Optional(Type.String());
export const described = Type.Object({
  Configuration: configuration,
  Code: Type.Object({ RepositoryType: Type.Literal('Longshore') }),
  Tags: strings,
});
export const functionList = Type.Object({ Functions: Type.Array(configuration), NextMarker: nextMarker });
export const versionList = Type.Object({ Versions: Type.Array(configuration), NextMarker: nextMarker });

export const publishBody = Type.Union([
  Type.Null(),
  Type.Object(
    {
      CodeSha256: Type.Optional(text(100)),
      Description: Type.Optional(text(256)),
      RevisionId: Type.Optional(text(100)),
    },
    strict,
  ),
]);

const routing = Type.Object({ AdditionalVersionWeights: Type.Optional(object) });
const aliasName = text(128, ['live']);
const functionVersion = Type.String({ pattern: '^(\\$LATEST|[1-9][0-9]{0,8})$', examples: ['3'] });
const aliasSettings = {
  Description: Type.Optional(text(256)),
  RoutingConfig: Type.Optional(Type.Union([Type.Null(), routing])),
};
export const aliasParams = Type.Object({ FunctionName: name, Name: aliasName });
export const newAlias = Type.Object(
  { Name: aliasName, FunctionVersion: functionVersion, ...aliasSettings },
  strict,
);
export const aliasChanges = Type.Object(
  {
    FunctionVersion: Type.Optional(functionVersion),
    RevisionId: Type.Optional(text(100)),
    ...aliasSettings,
  },
  strict,
);
export const alias = Type.Object({
  AliasArn: text(400),
  Name: aliasName,
  FunctionVersion: functionVersion,
  Description: text(256),
  RevisionId: text(100),
});
export const aliasList = Type.Object({ Aliases: Type.Array(alias), NextMarker: nextMarker });
export const aliasQuery = Type.Object({
  FunctionVersion: Type.Optional(functionVersion),
  Marker: marker,
  MaxItems: maxItems,
});

export const invokeHeaders = Type.Object({
  'x-amz-invocation-type': Type.Optional(Type.Enum(['RequestResponse', 'Event', 'DryRun'])),
  'x-amz-log-type': Type.Optional(Type.Enum(['None', 'Tail'])),
  'x-amz-client-context': Type.Optional(text(3583)),
});

export const result = Type.Unknown({ description: 'What the handler answered.' });
export const nothing = Type.Null();

const error = Type.Object(
  {
    Type: Type.String(),
    Message: Type.String(),
    message: Type.String(),
    Reason: Type.Optional(Type.String()),
  },
  { description: 'A refusal; its name is in x-amzn-errortype.' },
);
export const errors = { '4xx': error, '5xx': error };
