/** What may be a member of one `Members` at a time. */
export interface Member {
  /** Where `Members` keeps it; -1 where it is in none. */
  place: number;
}

/**
 * Members that come and go by the thousand a second, while few are there at once; in no order. A Set writes a new table whenever the old one is full of what has
 * left, and what the old one held by then stays held until the old generation is collected: with requests as members nearly half of them
 * lived through two collections of the young generation, and a fifth of the server's time went into collecting.
 */
export class Members<T extends Member> {
  private readonly list: T[] = [];

  get size(): number {
    return this.list.length;
  }

  /** Nothing happens where it is a member already. */
  add(member: T): void {
    if (member.place >= 0) return;
    member.place = this.list.length;
    this.list.push(member);
  }

  /** Nothing happens where it is none. */
  delete(member: T): void {
    const { place } = member;
    if (place < 0) return;
    member.place = -1;
    const last = this.list.pop();
    if (last === undefined || last === member) return;
    this.list[place] = last;
    last.place = place;
  }

  /** Those who are members now; they may be deleted meanwhile. */
  all(): readonly T[] {
    return [...this.list];
  }
}
