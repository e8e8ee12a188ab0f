import { spawn } from 'node:child_process';

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  // `start` takes its first quoted word for a title.
  win32: ['cmd', '/c', 'start', ''],
};

/** Shows a file in the browser of whoever is at this machine; answers false where nothing can. */
export function openFile(path: string): Promise<boolean> {
  const [command = 'xdg-open', ...words] = openers[process.platform] ?? [];
  return new Promise((resolve) => {
    const opener = spawn(command, [...words, path], { detached: true, stdio: 'ignore' });
    opener.on('error', () => resolve(false));
    opener.on('spawn', () => {
      opener.unref();
      resolve(true);
    });
  });
}
