import { ModalDialog } from "@/components/ModalDialog";
import { AttachmentPdf } from "@/entities/attachments/AttachmentPdf";
import { AttachmentText } from "@/entities/attachments/AttachmentText";
import type { Attachment } from "@/entities/attachments/attachment";
import { mediumOf } from "@/entities/attachments/mediumOf";
import { Player } from "@/entities/attachments/Player";

type AttachmentDialogProps = { attachment: Attachment; isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

/** A file with all the room it needs; pictures and sounds need no dialog of this kind. */
export function AttachmentDialog({ attachment, ...props }: AttachmentDialogProps) {
  return (
    <ModalDialog title={attachment.name} isFull {...props}>
      <Shown attachment={attachment} />
    </ModalDialog>
  );
}

function Shown({ attachment }: { attachment: Attachment }) {
  switch (mediumOf(attachment.mimeType)) {
    case "video":
      return <Player medium="video" src={attachment.url} name={attachment.name} />;
    case "text":
    case "json":
      return <AttachmentText attachment={attachment} />;
    case "pdf":
      return <AttachmentPdf attachment={attachment} />;
    case "image":
    case "audio":
    case "other":
      return null;
  }
}
