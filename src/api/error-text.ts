/** A path of this machine in a failure of ours (a socket, a file of the store) is for the log, not for callers. */
const path = /(?<![\w.:/@-])(?:unix:\/\/)?\/(?:[\w.@+-]+\/)+[\w.@+-]*/g;

export function withoutPaths(message: string): string {
  return message.includes('/') ? message.replace(path, '(path)') : message;
}
