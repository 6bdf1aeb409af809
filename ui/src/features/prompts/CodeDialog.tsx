import { Code } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { CopyButton } from "@/components/CopyButton";
import { ModalDialog } from "@/components/ModalDialog";
import { Scrollable } from "@/components/Scrollable";
import type { Version } from "@/features/prompts/usePrompt";
import styles from "./Prompts.module.css";

/** How an application gets this version. */
export function CodeDialog({ name, version }: { name: string; version: Version }) {
  const [isOpen, setOpen] = useState(false);
  const code = codeOf(name, version);
  return (
    <>
      <Button onPress={() => setOpen(true)}>
        <Code aria-hidden /> In code
      </Button>
      <ModalDialog title={`v${version.number} in Python`} isOpen={isOpen} onOpenChange={setOpen}>
        <Scrollable label="Code" className={styles.template}>
          <pre>{code}</pre>
        </Scrollable>
        <CopyButton label="Copy code" text={code} isWide />
      </ModalDialog>
    </>
  );
}

function codeOf(name: string, { commit, structure, variables }: Version): string {
  const [read, format] = structure === "CHAT" ? ["get_chat_prompt", "messages"] : ["get_prompt", "text"];
  const values = variables.map((variable) => `${variable}="…"`).join(", ");
  const given = structure === "CHAT" ? `{${variables.map((variable) => `"${variable}": "…"`).join(", ")}}` : values;
  return [
    "import opik",
    "",
    "client = opik.Opik()",
    `prompt = client.${read}(name=${JSON.stringify(name)}, commit="${commit}")`,
    `${format} = prompt.format(${given})`,
  ].join("\n");
}
