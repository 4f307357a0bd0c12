import { Injectable } from '@nestjs/common';

/** What modules want said once the server listens: a new administrator's sign-in, a warning, lines to try. */
@Injectable()
export class StartNotes {
  private readonly notes: string[] = [];
  private readonly examples: ((address: string) => readonly string[])[] = [];

  add(note: string): void {
    this.notes.push(note);
  }

  /** Lines to try the server with, made once its address (http://host:port) is known. They stand below all notes. */
  addExample(lines: (address: string) => readonly string[]): void {
    this.examples.push(lines);
  }

  all(): readonly string[] {
    return this.notes;
  }

  examplesFor(address: string): string[] {
    return this.examples.flatMap((lines) => lines(address));
  }
}
