import { type CSSProperties, useEffect, useEffectEvent, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { CodeEditor, CodeLanguage } from "@/components/code/codeEditor";
import { Field, type FieldProps, useField } from "@/components/Field";
import { placedProblem } from "@/lib/jsonProblem";
import { patient } from "@/lib/patient";
import { useDebounced } from "@/lib/useDebounced";
import styles from "./CodeField.module.css";

const loadEditor = patient(() => import("@/components/code/codeEditor"));

const TOLD_AFTER_MS = 400;

type CodeFieldProps = FieldProps & {
  language: CodeLanguage;
  value: string;
  onChange: (value: string) => void;
  /** Lines that are in sight at least. */
  rows: number;
  /** What of the text is set apart from the rest. */
  marked?: RegExp | undefined;
  isReadOnly?: boolean;
};

/** Where code is written. Until the editor has come, and where it does not come, it is a plain field. */
export function CodeField({ language, value, onChange, rows, marked, isReadOnly = false, ...field }: CodeFieldProps) {
  const { label, hint } = field;
  const settled = useDebounced(value, TOLD_AFTER_MS);
  const broken = language === "json" && settled.trim() !== "" ? placedProblem(settled) : null;
  const problem = field.problem ?? broken;
  const { id, attributes } = useField({ label, hint, problem });
  const described = attributes["aria-describedby"];
  const isInvalid = Boolean(problem);
  const said: Record<string, string> = {
    id,
    "aria-labelledby": `${id}-label`,
    ...(described ? { "aria-describedby": described } : {}),
    ...(isInvalid ? { "aria-invalid": "true" } : {}),
    ...(isReadOnly ? { "aria-readonly": "true" } : {}),
  };
  const plain = useRef<HTMLTextAreaElement>(null);
  const parent = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<CodeEditor | null>(null);

  const begin = useEffectEvent(async (signal: AbortSignal) => {
    const { createCodeEditor } = await loadEditor();
    if (signal.aborted || !parent.current || !plain.current) return;
    const { value: text, selectionStart: anchor, selectionEnd: head } = plain.current;
    const hasFocus = document.activeElement === plain.current;
    const made = createCodeEditor({
      ...{ parent: parent.current, text, language, marked, isReadOnly, attributes: said },
      onChange: (next) => onWritten(next),
    });
    signal.addEventListener("abort", () => made.view.destroy());
    made.view.dispatch({ selection: { anchor, head } });
    // At once: nobody sees both, and what is hidden takes no focus.
    flushSync(() => setEditor(made));
    if (hasFocus) made.view.focus();
  });
  const onWritten = useEffectEvent(onChange);
  useEffect(() => {
    const life = new AbortController();
    begin(life.signal).catch(() => {
      // Without its colours the text is written as well.
    });
    return () => {
      life.abort();
      setEditor(null);
    };
  }, []);
  useEffect(() => editor?.setText(value), [editor, value]);
  const saidText = JSON.stringify(said);
  useEffect(
    () => editor?.setOptions({ language, marked, isReadOnly, attributes: JSON.parse(saidText) }),
    [editor, language, marked, isReadOnly, saidText],
  );

  return (
    <Field {...{ id, label, hint, problem }}>
      <div className={styles.code} style={{ "--rows": rows } as CSSProperties} data-invalid={isInvalid || undefined}>
        {!editor && (
          <textarea
            {...attributes}
            ref={plain}
            rows={rows}
            spellCheck={language !== "json"}
            readOnly={isReadOnly}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
        <div ref={parent} hidden={!editor} />
      </div>
    </Field>
  );
}
