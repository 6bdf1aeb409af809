import { type ReactNode, useEffect, useState } from "react";
import { CopyButton } from "@/components/CopyButton";
import { Scrollable } from "@/components/Scrollable";
import styles from "./CodeBlock.module.css";

type CodeBlockProps = { text: string; language: string | null };

/** Code of a known language in colours, which come after the text; of any other as plain text. */
export function CodeBlock({ text, language }: CodeBlockProps) {
  const coloured = useColoured(text, language);
  return (
    <div className={styles.block}>
      <Scrollable label={language ? `Code in ${language}` : "Code"} className={styles.code}>
        <pre>
          <code>{coloured ?? text}</code>
        </pre>
      </Scrollable>
      <div className={styles.copy}>
        <CopyButton label="Copy code" text={text} />
      </div>
    </div>
  );
}

const CODE_CHARS_MAX = 50_000;

function useColoured(text: string, language: string | null): ReactNode {
  const [coloured, setColoured] = useState<{ text: string; language: string; node: ReactNode } | null>(null);
  useEffect(() => {
    if (language === null || text.length > CODE_CHARS_MAX) return;
    let isWanted = true;
    import("@/components/colourCode").then(
      ({ colourCode }) => {
        if (isWanted) setColoured({ text, language, node: colourCode(text, language) });
      },
      () => {
        // Without its colours the code reads as well.
      },
    );
    return () => {
      isWanted = false;
    };
  }, [text, language]);
  return coloured?.text === text && coloured.language === language ? coloured.node : null;
}
