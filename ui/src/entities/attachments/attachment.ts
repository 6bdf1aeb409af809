import { type DocumentType, graphql } from "@/gql";

export const AttachmentFragment = graphql(`
  fragment Attachment on Attachment {
    name
    mimeType
    size
    url
    place
  }
`);

/** A file that hangs on a trace or a span. */
export type Attachment = DocumentType<typeof AttachmentFragment>;
