import { Download, Eye, File, FileAudio, FileJson, FileText, FileVideo, Image, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { Button, buttonClass } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { IconButton } from "@/components/IconButton";
import { AttachmentDialog } from "@/entities/attachments/AttachmentDialog";
import { type Attachment, AttachmentFragment } from "@/entities/attachments/attachment";
import { type Medium, mediumOf } from "@/entities/attachments/mediumOf";
import { Picture } from "@/entities/attachments/Picture";
import { Player } from "@/entities/attachments/Player";
import { type FragmentType, graphql, readFragment } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatBytes, formatCount } from "@/lib/format";
import styles from "./Attachments.module.css";

const DeleteAttachmentMutation = graphql(`
  mutation DeleteAttachment($traceId: ID, $spanId: ID, $names: [String!]!) {
    deleteAttachments(traceId: $traceId, spanId: $spanId, names: $names)
  }
`);

const FILES_SHOWN = 20;
const ICONS: Record<Medium, typeof File> = {
  image: Image,
  audio: FileAudio,
  video: FileVideo,
  json: FileJson,
  pdf: FileText,
  text: FileText,
  other: File,
};

type AttachmentsProps = {
  owner: { traceId: string } | { spanId: string };
  attachments: readonly FragmentType<typeof AttachmentFragment>[];
  onDeleted: () => void;
};

/** The files of a trace or a span; nothing where there are none. */
export function Attachments({ owner, onDeleted, ...props }: AttachmentsProps) {
  const attachments = readFragment(AttachmentFragment, props.attachments);
  const [shown, setShown] = useState(FILES_SHOWN);
  const [doomed, setDoomed] = useState<string | null>(null);
  const [, deleteAttachments] = useMutation(DeleteAttachmentMutation);
  const rest = attachments.length - shown;
  const remove = async () => {
    const { error } = await deleteAttachments({ ...owner, names: doomed === null ? [] : [doomed] });
    if (error) return failureOf(error).message;
    onDeleted();
    return null;
  };
  if (attachments.length === 0) return null;
  return (
    <section aria-label="Attachments" className={styles.section}>
      <h3>
        Attachments <span>{formatCount(attachments.length)}</span>
      </h3>
      <ul className={styles.files}>
        {attachments.slice(0, shown).map((attachment) => (
          <AttachmentRow key={attachment.name} attachment={attachment} onDelete={() => setDoomed(attachment.name)} />
        ))}
      </ul>
      {rest > 0 && <Button onPress={() => setShown(shown + 5 * FILES_SHOWN)}>Show {formatCount(rest)} more</Button>}
      <ConfirmDialog
        title="Delete this attachment?"
        act="Delete"
        isOpen={doomed !== null}
        onOpenChange={() => setDoomed(null)}
        onConfirm={remove}
      >
        <strong>{doomed}</strong> cannot be brought back once it is gone.
      </ConfirmDialog>
    </section>
  );
}

function AttachmentRow({ attachment, onDelete }: { attachment: Attachment; onDelete: () => void }) {
  const [isOpen, setOpen] = useState(false);
  const { name, mimeType, size, url, place } = attachment;
  const medium = mediumOf(mimeType);
  const Icon = ICONS[medium];
  const opens = medium !== "image" && medium !== "audio" && medium !== "other";
  return (
    <li className={styles.file}>
      <div className={styles.preview}>
        {medium === "image" ? <Picture src={url} name={name} isSmall /> : <Icon aria-hidden />}
      </div>
      <div className={styles.words}>
        <strong>{name}</strong>
        <span>
          {mimeType} · {formatBytes(size)}
          {place && ` · taken out of the ${place.toLowerCase()}`}
        </span>
      </div>
      <div className={styles.acts}>
        {opens && (
          <IconButton label={`Open ${name}`} onPress={() => setOpen(true)}>
            <Eye aria-hidden />
          </IconButton>
        )}
        <a href={url} download={name} className={buttonClass("quiet", true)} aria-label={`Download ${name}`}>
          <Download aria-hidden />
        </a>
        <IconButton label={`Delete ${name}`} onPress={onDelete}>
          <Trash2 aria-hidden />
        </IconButton>
      </div>
      {medium === "audio" && (
        <div className={styles.below}>
          <Player medium="audio" src={url} name={name} />
        </div>
      )}
      {opens && <AttachmentDialog attachment={attachment} isOpen={isOpen} onOpenChange={setOpen} />}
    </li>
  );
}
