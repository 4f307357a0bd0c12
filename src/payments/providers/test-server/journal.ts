import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

interface Waiting {
  readonly line: string;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** A file that only grows, a JSON document a line. What `append` has resolved for survives the process and the machine. */
export class Journal {
  private waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;
  private broken: unknown;

  private constructor(private readonly file: FileHandle) {}

  /**
   * Opens the file, or makes it, and hands each line of it to `replay`. A last line that a crash cut short is taken away: nobody was
   * answered before it was whole.
   * @throws Error for a line that is no JSON
   */
  static async open(path: string, replay: (entry: unknown) => void): Promise<Journal> {
    const file = await open(path, 'a+', 0o600);
    try {
      const text = await file.readFile('utf8');
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      for (const line of whole.split('\n')) if (line !== '') replay(JSON.parse(line));
      if (whole.length < text.length) await file.truncate(Buffer.byteLength(whole));
      await file.sync();
      await syncFolder(dirname(path));
      return new Journal(file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Resolves when the entry is on the disk, in the order of the calls. @throws Error when it cannot be written, then and ever after */
  append(entry: object): Promise<void> {
    return new Promise((done, failed) => {
      this.waiting.push({ line: `${JSON.stringify(entry)}\n`, done, failed });
      this.writing ??= this.write().finally(() => (this.writing = undefined));
    });
  }

  /** Resolves when all that was appended so far is on the disk. */
  async settled(): Promise<void> {
    await this.writing;
    if (this.broken !== undefined) throw broken(this.broken);
  }

  async close(): Promise<void> {
    await this.writing;
    await this.file.close();
  }

  /** Whatever has come together meanwhile goes to the disk at once, so that a crowd shares one sync. */
  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        if (this.broken !== undefined) throw broken(this.broken);
        await this.file.appendFile(batch.map(({ line }) => line).join(''));
        await this.file.datasync();
        for (const { done } of batch) done();
      } catch (error) {
        this.broken ??= error;
        for (const { failed } of batch) failed(error);
      }
    }
  }
}

/** A new file's name is durable only with its folder. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function broken(cause: unknown): Error {
  return new Error('the journal cannot be written any more', { cause });
}
