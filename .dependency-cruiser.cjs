// The import rule of ARCHITECTURE.md. `script/test` also checks that modules were read at all.
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  comment: `${from} may import only ${allowed}`,
  from: { path: from, pathNot: ['\\.test\\.ts$', 'conformance\\.ts$'] },
  to: { path: '^src/', pathNot: allowed },
});

const ports = '^src/core/(ports/|errors\\.ts|records\\.ts|ecs-model\\.ts)';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only('core', '^src/core/', '^src/core/'),
    only('control', '^src/control/', '^src/(control|core)/'),
    only('api', '^src/api/', '^src/(api|core|telemetry)/'),
    {
      name: 'faces-apart',
      severity: 'error',
      comment: 'one face never imports another',
      from: { path: '^src/api/(ecs|functions|piston|lambda|simple|containers|live|ops)/' },
      to: {
        path: '^src/api/(ecs|functions|piston|lambda|simple|containers|live|ops)/',
        pathNot: '^src/api/$1/',
      },
    },
    only('store', '^src/store/', `^src/(store|telemetry)/|${ports}`),
    only('coordination', '^src/coordination/', `^src/(coordination|telemetry)/|${ports}`),
    only('dependencies', '^src/dependencies/', `^src/(dependencies|linux|telemetry)/|${ports}`),
    only('network', '^src/network/', `^src/(network|telemetry)/|${ports}`),
    only('engines', '^src/engines/', `^src/(engines|network|linux|telemetry)/|${ports}`),
    only('linux', '^src/linux/', '^src/linux/'),
    only('sandboxes', '^src/sandboxes/', `^src/(sandboxes|linux|telemetry)/|${ports}`),
    only('runtimes', '^src/runtimes/', `^src/(runtimes|sandboxes|linux|telemetry)/|${ports}`),
    {
      name: 'engines-apart',
      severity: 'error',
      comment: 'an engine never imports another',
      from: { path: '^src/engines/(docker|kubernetes|simulated)/' },
      to: { path: '^src/engines/(docker|embedded|kubernetes|simulated)/', pathNot: '^src/engines/$1/' },
    },
    {
      name: 'embedded-on-docker',
      severity: 'error',
      comment: 'only embedded may build on docker',
      from: { path: '^src/engines/embedded/' },
      to: { path: '^src/engines/(kubernetes|simulated)/' },
    },
    only('telemetry', '^src/telemetry/', '^src/telemetry/'),
    only('config', '^src/(config|settings)\\.ts$', '^src/(config|settings|core/nearest)\\.ts$'),
    only('cli', '^src/cli/', '^src/(cli/|(main|administration|config)\\.ts$)'),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.test\\.ts$' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
