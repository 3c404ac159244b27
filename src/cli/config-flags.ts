import { Option, type Command } from 'commander';
import { flags, loadConfig, type ConfigInput, type Flag, type LoadedConfig } from '../config.ts';

/** Declares flags of the configuration on a command: every one, or those of these names. */
export function addConfigFlags(command: Command, names?: readonly string[]): Command {
  const declared = names === undefined ? flags : flags.filter(({ name }) => names.includes(name));
  command.option('--config <file>', 'YAML file with any flag of serve as key');
  for (const flag of declared) command.addOption(optionOf(flag));
  return command;
}

/** The configuration that a command was called with; `preset` is what the command prefers to the defaults. */
export function configOf(command: Command, preset: ConfigInput['flags'] = {}): LoadedConfig {
  const given = command.opts<Record<string, string | boolean | string[]>>();
  const chosen: ConfigInput['flags'] = {};
  for (const flag of flags) chosen[flag.name] = given[optionOf(flag).attributeName()];
  const file = typeof given['config'] === 'string' ? given['config'] : undefined;
  const loaded = loadConfig({ flags: chosen, env: process.env, file });
  for (const flag of flags) {
    if (flag.key && loaded.sources[flag.key] === 'default') chosen[flag.name] = preset[flag.name];
  }
  return loadConfig({ flags: chosen, env: process.env, file });
}

function optionOf(flag: Flag): Option {
  const repeatable = flag.kind === 'list' ? ' (repeatable)' : '';
  const fallback = flag.fallback === '' || flag.kind === 'switch' ? '' : ` (default: ${flag.fallback})`;
  const usage = flag.kind === 'switch' ? `--${flag.name}` : `--${flag.name} <value>`;
  const option = new Option(usage, `${flag.meaning}; ${flag.expects}${repeatable}${fallback}`);
  if (flag.kind === 'switch') option.description = flag.meaning;
  if (flag.kind === 'list') option.argParser((value, before: string[] = []) => [...before, value]);
  return flag.key ? option : option.hideHelp();
}
