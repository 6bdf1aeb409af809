import { ExternalLink } from "lucide-react";
import { buttonClass } from "@/components/Button";
import type { Attachment } from "@/entities/attachments/attachment";
import { FileState } from "@/entities/attachments/FileState";
import { fetchFile, useFile } from "@/entities/attachments/useFile";
import styles from "./Attachments.module.css";

/** The way to the browser's own viewer: the policy of the server lets no file into a frame of this page. */
export function AttachmentPdf({ attachment }: { attachment: Attachment }) {
  const file = useFile(attachment.url, readAsPdf, URL.revokeObjectURL);
  if (file.kind !== "read") return <FileState file={file} name={attachment.name} />;
  return (
    <p className={styles.notice}>
      <a href={file.content} target="_blank" rel="noreferrer" className={buttonClass("primary")}>
        <ExternalLink aria-hidden /> Open in a new tab
      </a>
    </p>
  );
}

/** Whatever the file holds, the browser takes it for a PDF and for nothing that could act here. */
async function readAsPdf(url: string, signal: AbortSignal): Promise<string> {
  const bytes = await (await fetchFile(url, signal)).arrayBuffer();
  return URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
}
