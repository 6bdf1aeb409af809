import { createContext, type ReactNode, useContext } from "react";
import { type Attachment, AttachmentFragment } from "@/entities/attachments/attachment";
import { type FragmentType, readFragment } from "@/gql";

const OwnAttachmentsContext = createContext<readonly Attachment[]>([]);

type OwnAttachmentsProps = {
  attachments: readonly FragmentType<typeof AttachmentFragment>[];
  children: ReactNode;
};

/** The files to which bodies within refer by name. */
export function OwnAttachments({ attachments, children }: OwnAttachmentsProps) {
  return (
    <OwnAttachmentsContext value={readFragment(AttachmentFragment, attachments)}>{children}</OwnAttachmentsContext>
  );
}

export const useOwnAttachments = () => useContext(OwnAttachmentsContext);
