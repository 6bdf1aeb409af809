import type { Client } from "@urql/core";
import { graphql } from "@/gql";
import type { AuditThingKind } from "@/gql/graphql";

// One subscription for all that a page shows and that has none of its own: whoever shows things says of which kinds,
// and is told when some of them changed. It follows the kinds that are wanted together.

const ChangesSubscription = graphql(`
  subscription Changes($kinds: [AuditThingKind!], $trash: Boolean!, $after: Position) {
    changes(kinds: $kinds, trash: $trash, after: $after) {
      position
      changed {
        kind
        ids
      }
      trash
      resync
    }
  }
`);

export type ThingKind = AuditThingKind;

export type Interest = {
  /** Null for things of any kind. */
  kinds: readonly ThingKind[] | null;
  /** Only what happens to this thing. */
  id?: string | undefined;
  /** What lies in the trash, too. */
  trash?: boolean | undefined;
};

export type Told = {
  changed: readonly { kind: ThingKind; ids?: readonly string[] | null }[];
  trash: boolean;
  resync: boolean;
};

/** Whether somebody is to be told of it. Without ids any of them may have changed. */
export function concerns({ kinds, id, trash = false }: Interest, told: Told): boolean {
  if (told.resync || (trash && told.trash)) return true;
  return told.changed.some(({ kind, ids }) => {
    const isOfKind = kinds === null || kinds.includes(kind);
    return isOfKind && (id === undefined || !ids || ids.includes(id));
  });
}

/** What several are interested in, as one asks for it. */
export function together(interests: readonly Interest[]): { kinds: ThingKind[] | null; trash: boolean } {
  const named = interests.flatMap(({ kinds }) => kinds ?? []);
  return {
    kinds: interests.some(({ kinds }) => kinds === null) ? null : [...new Set(named)].sort(),
    trash: interests.some(({ trash }) => trash),
  };
}

const RESUBSCRIBE_MS = 3_000;

type Listener = { interest: Interest; tell: () => void };

class Feed {
  private readonly listeners = new Set<Listener>();
  private followed = "";
  private stop: (() => void) | null = null;
  private retry: number | undefined;
  /** Up to where everything was told; null before the first answer. */
  private position: string | null = null;
  private isDue = false;

  constructor(private readonly client: Client) {}

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    this.settle();
    return () => {
      this.listeners.delete(listener);
      this.settle();
    };
  }

  /** Who leaves and who comes with another page are one change. */
  private settle(): void {
    if (this.isDue) return;
    this.isDue = true;
    queueMicrotask(() => {
      this.isDue = false;
      const wanted = JSON.stringify(together([...this.listeners].map(({ interest }) => interest)));
      if (this.listeners.size === 0) this.end();
      else if (wanted !== this.followed) this.follow(wanted);
    });
  }

  private end(): void {
    this.stop?.();
    window.clearTimeout(this.retry);
    this.stop = null;
    this.followed = "";
    this.position = null;
  }

  private follow(wanted: string): void {
    const isBegun = this.position !== null;
    this.stop?.();
    window.clearTimeout(this.retry);
    this.followed = wanted;
    const variables = { ...(JSON.parse(wanted) as ReturnType<typeof together>), after: this.position };
    let isFirst = !isBegun;
    const handle = this.client.subscription(ChangesSubscription, variables).subscribe(({ data, error }) => {
      if (data) {
        this.position = data.changes.position;
        // Whatever was read before may have been read too early to hold what happened since.
        this.tell(isFirst ? { ...data.changes, resync: true } : data.changes);
        isFirst = false;
      }
      // Refused: it goes on from where it was.
      if (error) {
        window.clearTimeout(this.retry);
        this.retry = window.setTimeout(() => this.follow(wanted), RESUBSCRIBE_MS);
      }
    });
    this.stop = handle.unsubscribe;
  }

  private tell(told: Told): void {
    for (const { interest, tell } of this.listeners) if (concerns(interest, told)) tell();
  }
}

const feeds = new WeakMap<Client, Feed>();

/** Tells whenever something happened that one is interested in, until it is taken back. */
export function listenForChanges(client: Client, interest: Interest, tell: () => void): () => void {
  const feed = feeds.get(client) ?? new Feed(client);
  feeds.set(client, feed);
  return feed.listen({ interest, tell });
}
