import { ErrorState } from "@/components/ErrorState";
import { Skeleton } from "@/components/Skeleton";
import type { FileRead } from "@/entities/attachments/useFile";

/** Instead of a file that is not there yet. */
export function FileState({ file, name }: { file: Exclude<FileRead<unknown>, { kind: "read" }>; name: string }) {
  if (file.kind === "reading") return <Skeleton label={`Loading ${name}`} rows={6} />;
  return <ErrorState title="The file could not be read" message={file.message} onRetry={file.onRetry} />;
}
