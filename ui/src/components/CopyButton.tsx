import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { IconButton } from "@/components/IconButton";

type CopyButtonProps = {
  /** A function where the text is dear to make. */
  text: string | (() => string);
  label: string;
  /** With its label beside the icon. */
  isWide?: boolean;
};

const SHOWN_MS = 1_500;

export function CopyButton({ text, label, isWide = false }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<"copied" | "failed" | null>(null);
  const onCopy = () => {
    const value = typeof text === "function" ? text() : text;
    navigator.clipboard.writeText(value).then(
      () => setOutcome("copied"),
      () => setOutcome("failed"),
    );
    window.setTimeout(() => setOutcome(null), SHOWN_MS);
  };
  const icon = outcome === "copied" ? <Check aria-hidden /> : <Copy aria-hidden />;
  const said = outcome === "copied" ? "Copied" : outcome === "failed" ? "Copying was refused by the browser" : "";
  return (
    <>
      {isWide ? (
        <Button kind="quiet" onPress={onCopy}>
          {icon} {label}
        </Button>
      ) : (
        <IconButton label={said || label} onPress={onCopy}>
          {icon}
        </IconButton>
      )}
      <span role="status" className="visually-hidden">
        {said}
      </span>
    </>
  );
}
