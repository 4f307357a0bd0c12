import { Injectable } from '@nestjs/common';

/** What modules want said once the server listens: a new administrator's sign-in, a warning, lines to try. */
@Injectable()
export class StartNotes {
  private readonly notes: string[] = [];

  add(note: string): void {
    this.notes.push(note);
  }

  all(): readonly string[] {
    return this.notes;
  }
}
