/** Functions that come with the server: installed once, and theirs from then on who change or remove them. */
import type { Principal } from '../principal.ts';
import { functionId } from './catalogue.ts';
import type { FunctionsCore } from './context.ts';
import { checkedDefinition, type FunctionDefinition } from './definition.ts';
import { findByLambdaName } from './lambda-names.ts';
import { readLanguageTitle } from './language-title.ts';
import { insertFunction } from './publication.ts';

export interface Sample {
  languageTitle: string;
  definition: FunctionDefinition;
}

/**
 * Those that were never installed in this store. Their examples are not run: they are tested before they come here,
 * and the language may be missing on this machine.
 */
export async function installSamples(
  core: Pick<FunctionsCore, 'store' | 'clock' | 'sealer' | 'sourceFiles'>,
  owner: Pick<Principal, 'account' | 'subject'>,
  samples: readonly Sample[],
): Promise<void> {
  for (const { languageTitle, definition } of samples) {
    if (await core.store.read.installedSamples.get(languageTitle)) continue;
    const title = readLanguageTitle(languageTitle, 'language_title');
    const installed = { id: languageTitle, installedAt: core.clock.now() };
    if (await isTaken(core, owner, languageTitle)) {
      await core.store.transact((tx) => tx.installedSamples.put(installed));
      continue;
    }
    const sourceFile = core.sourceFiles[title.language] ?? '';
    const content = checkedDefinition(title.language, sourceFile, definition);
    await insertFunction(core, owner, title, content, undefined, (tx) => tx.installedSamples.put(installed));
  }
}

async function isTaken(
  core: Pick<FunctionsCore, 'store' | 'sourceFiles'>,
  owner: Pick<Principal, 'account'>,
  languageTitle: string,
): Promise<boolean> {
  const { read } = core.store;
  const same =
    (await read.functions.get(functionId(owner, languageTitle))) ??
    (await findByLambdaName(read, core, owner, languageTitle));
  return same !== undefined;
}
