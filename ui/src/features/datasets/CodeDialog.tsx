import { Code } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { CodeBlock } from "@/components/CodeBlock";
import { ModalDialog } from "@/components/ModalDialog";
import { runCode } from "@/features/datasets/runCode";
import type { Dataset, Version } from "@/features/datasets/useDataset";

type CodeDialogProps = { dataset: Dataset; version: Version };

/** How an application is tried with the items of a version. */
export function CodeDialog({ dataset, version }: CodeDialogProps) {
  const [isOpen, setOpen] = useState(false);
  const { name, kind, project } = dataset;
  const isSuite = kind === "EVALUATION_SUITE";
  // The client runs a suite as it stands, and no earlier version of it.
  if (isSuite && !version.isLatest) return null;
  const code = runCode({
    name,
    projectName: project?.name ?? null,
    isSuite,
    versionName: version.isLatest ? null : version.name,
  });
  return (
    <>
      <Button onPress={() => setOpen(true)}>
        <Code aria-hidden /> In code
      </Button>
      <ModalDialog title={`Try an application with ${version.name}`} isWide isOpen={isOpen} onOpenChange={setOpen}>
        <CodeBlock text={code} language="python" />
      </ModalDialog>
    </>
  );
}
