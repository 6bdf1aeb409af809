import { Download, ExternalLink } from "lucide-react";
import { buttonClass } from "@/components/Button";
import { mediaSource } from "@/entities/attachments/mediaSource";
import { useOwnAttachments } from "@/entities/attachments/OwnAttachments";
import { Picture } from "@/entities/attachments/Picture";
import { Player } from "@/entities/attachments/Player";
import type { ChatMedia } from "@/entities/chat/recogniseChat";
import styles from "./ChatMessages.module.css";

const NOUNS = { image: "Picture", audio: "Sound", video: "Film", file: "File" } as const;
const SOURCE_CHARS_SHOWN = 200;

/** What is seen or heard in a message, if it is here: loading it from elsewhere would tell its host who looks. */
export function ChatMediaView({ media }: { media: ChatMedia }) {
  const attachments = useOwnAttachments();
  const { medium, source } = media;
  const found = mediaSource(source, attachments, window.location.origin);
  const noun = NOUNS[medium];
  const name = media.name ?? (found.kind === "here" ? found.name : null) ?? `${noun} in the message`;
  if (found.kind === "here") {
    if (medium === "image") return <Picture src={found.src} name={name} />;
    if (medium !== "file") return <Player medium={medium} src={found.src} name={name} />;
    return (
      <a href={found.src} download={name} className={`${buttonClass()} ${styles.file}`}>
        <Download aria-hidden /> {name}
      </a>
    );
  }
  const words = source.length > SOURCE_CHARS_SHOWN ? `${source.slice(0, SOURCE_CHARS_SHOWN)}…` : source;
  return (
    <p className={styles.elsewhere}>
      {noun}
      {media.name && ` ${media.name}`}:{" "}
      {found.href === null ? (
        words
      ) : (
        <a href={found.href} target="_blank" rel="noreferrer noopener">
          {words} <ExternalLink aria-hidden />
        </a>
      )}
    </p>
  );
}
