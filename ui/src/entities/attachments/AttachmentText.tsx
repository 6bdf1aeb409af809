import { Scrollable } from "@/components/Scrollable";
import type { Attachment } from "@/entities/attachments/attachment";
import { FileState } from "@/entities/attachments/FileState";
import { mediumOf } from "@/entities/attachments/mediumOf";
import { fetchFile, useFile } from "@/entities/attachments/useFile";
import { PayloadBody } from "@/entities/payload/PayloadBody";
import { formatBytes } from "@/lib/format";
import styles from "./Attachments.module.css";

const BYTES_READ_MAX = 500_000;

/** The words of a file; of a long one the beginning. */
export function AttachmentText({ attachment }: { attachment: Attachment }) {
  const { name, mimeType, size, url } = attachment;
  const file = useFile(url, size === 0 ? nothing : readBeginning);
  const isCut = size > BYTES_READ_MAX;
  if (file.kind !== "read") return <FileState file={file} name={name} />;
  return (
    <>
      {isCut && (
        <p className={styles.notice}>
          The first {formatBytes(BYTES_READ_MAX)} of {formatBytes(size)}. Download the file to read it all.
        </p>
      )}
      {mediumOf(mimeType) === "json" && !isCut ? (
        <PayloadBody text={file.content} label={name} />
      ) : (
        <Scrollable label={`Text of ${name}`} className={styles.text}>
          <pre>{file.content === "" ? <em>empty</em> : file.content}</pre>
        </Scrollable>
      )}
    </>
  );
}

const nothing = async () => "";

async function readBeginning(url: string, signal: AbortSignal): Promise<string> {
  return (await fetchFile(url, signal, { range: `bytes=0-${BYTES_READ_MAX - 1}` })).text();
}
