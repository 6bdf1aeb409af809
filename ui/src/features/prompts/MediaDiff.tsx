import { Badge } from "@/components/Badge";
import { ChatMediaView } from "@/entities/chat/ChatMediaView";
import type { MediaPair, PlacedMedia } from "@/features/prompts/mediaPairs";
import { formatCount } from "@/lib/format";
import styles from "./MediaDiff.module.css";

type MediaDiffProps = { pairs: readonly MediaPair[]; older: string; newer: string };

/** Pictures, sounds and films of two versions beside each other: lines of letters would say nothing about them. */
export function MediaDiff({ pairs, older, newer }: MediaDiffProps) {
  const differing = pairs.filter(({ kind }) => kind !== "KEPT").length;
  return (
    <section aria-label={`Media of ${older} and ${newer}`} className={styles.media}>
      <h3>
        Media
        <small>
          {formatCount(differing)} of {formatCount(pairs.length)} {differing === 1 ? "differs" : "differ"}
        </small>
      </h3>
      <ol>
        {pairs.map((pair, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the media of two versions never move
          <li key={at} data-kind={pair.kind} aria-label={`${NOUNS[nounOf(pair)]}, ${WORDS[pair.kind]}`}>
            <Badge tone={TONES[pair.kind]}>{WORDS[pair.kind]}</Badge>
            <Side version={older} placed={pair.older} />
            <Side version={newer} placed={pair.newer} />
          </li>
        ))}
      </ol>
    </section>
  );
}

const WORDS = { KEPT: "the same", CHANGED: "changed", REMOVED: "removed", ADDED: "added" };
const TONES = { KEPT: "plain", CHANGED: "accent", REMOVED: "danger", ADDED: "accent" } as const;
const NOUNS = { image: "Picture", audio: "Sound", video: "Film", file: "File" };

const nounOf = ({ older, newer }: MediaPair) => (newer ?? older)?.media.medium ?? "file";

function Side({ version, placed }: { version: string; placed: PlacedMedia | null }) {
  return (
    <figure>
      <figcaption>
        {version}
        {placed && <span>{placed.place}</span>}
      </figcaption>
      {placed ? <ChatMediaView media={placed.media} /> : <p>Not in {version}</p>}
    </figure>
  );
}
