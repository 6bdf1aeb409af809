import { Search } from "lucide-react";
import { useRef } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { CopyButton } from "@/components/CopyButton";
import { IconButton } from "@/components/IconButton";
import { FindBar } from "@/entities/payload/FindBar";
import { LargePayload } from "@/entities/payload/LargePayload";
import { LARGE_CHARS_MIN } from "@/entities/payload/largeJson";
import { type PayloadMode, ShownPayload } from "@/entities/payload/ShownPayload";
import { useFinding } from "@/entities/payload/useFinding";
import type { PayloadField } from "@/entities/payload/usePathItems";
import { formatCompact } from "@/lib/format";
import { useStored } from "@/lib/storage";
import styles from "./Payload.module.css";

type PayloadProps = {
  title: string;
  text: string | null | undefined;
  /** Which body of a trace or a span it is, so that its values can be asked for elsewhere. */
  field?: PayloadField;
};

const MODES: readonly { id: PayloadMode; label: string }[] = [
  { id: "pretty", label: "Pretty" },
  { id: "tree", label: "Tree" },
  { id: "json", label: "JSON" },
];
const parseMode = (value: unknown): PayloadMode | undefined => MODES.find(({ id }) => id === value)?.id;

/** An input, output or metadata: as what it is, as a tree, or as the exact JSON. */
export function Payload({ title, text, field }: PayloadProps) {
  if (text !== null && text !== undefined) return <KnownPayload title={title} text={text} field={field} />;
  return (
    <section className={styles.payload} aria-label={title}>
      <header className={styles.head}>
        <h3>{title}</h3>
      </header>
      <p className={styles.none}>none recorded</p>
    </section>
  );
}

type KnownPayloadProps = { title: string; text: string; field: PayloadField | undefined };

function KnownPayload({ title, text, field }: KnownPayloadProps) {
  const [mode, setMode] = useStored<PayloadMode>(`payload.${title.toLowerCase()}`, parseMode, "pretty");
  const finding = useFinding();
  const findButton = useRef<HTMLButtonElement>(null);
  const onClose = () => {
    finding.close();
    findButton.current?.focus();
  };
  const Shown = text.length < LARGE_CHARS_MIN ? ShownPayload : LargePayload;
  return (
    <section className={styles.payload} aria-label={title}>
      <header className={styles.head}>
        <h3>
          {title} <span className={styles.size}>{formatCompact(text.length)} characters</span>
        </h3>
        <ToggleButtonGroup
          className={styles.modes ?? ""}
          aria-label={`${title} view`}
          disallowEmptySelection
          selectedKeys={[mode]}
          onSelectionChange={(keys) => setMode(parseMode([...keys][0]) ?? "pretty")}
        >
          {MODES.map(({ id, label }) => (
            <ToggleButton key={id} id={id} className={styles.mode ?? ""}>
              {label}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        <IconButton
          ref={findButton}
          label={`Find in ${title.toLowerCase()}`}
          onPress={finding.isOpen ? finding.close : finding.open}
        >
          <Search aria-hidden />
        </IconButton>
        <CopyButton label={`Copy ${title.toLowerCase()}`} text={text} />
      </header>
      {finding.isOpen && <FindBar finding={finding} onClose={onClose} label={`Find in ${title.toLowerCase()}`} />}
      <div className={styles.body}>
        <Shown title={title} text={text} field={field} mode={mode} finding={finding} />
      </div>
    </section>
  );
}
