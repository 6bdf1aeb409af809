import { User, X } from "lucide-react";
import { type ReactNode, useId, useRef } from "react";
import { Button } from "@/components/Button";
import { SearchBox } from "@/components/SearchBox";
import { Segmented } from "@/components/Segmented";
import { type AuditSearch, actionOf, areaOf, isNarrowed, showsDecisions } from "@/features/history/auditSearch";
import { ACTIONS, AREAS } from "@/features/history/auditWords";
import { focusBox } from "@/lib/focusBox";
import { useHotkeys } from "@/lib/hotkeys";
import { instantOf, localOf } from "@/lib/localTime";
import styles from "./AuditLog.module.css";

const EVENTS = [
  { id: "all", label: "Everything" },
  { id: "decisions", label: "Decisions" },
] as const;

type AuditFiltersProps = { search: AuditSearch; onSearch: (search: AuditSearch) => void };

/** What of the log is shown. */
export function AuditFilters({ search, onSearch }: AuditFiltersProps) {
  const who = useRef<HTMLInputElement>(null);
  useHotkeys({ "/": () => focusBox(who) });
  const change = (part: AuditSearch) => onSearch({ ...search, ...part });
  return (
    <search className={styles.filters} aria-label="What is shown">
      <div title="Decisions leave out the traces, spans and scores that applications record">
        <Segmented
          label="Events"
          options={EVENTS}
          value={showsDecisions(search) ? "decisions" : "all"}
          onChange={(id) => change({ events: id === "all" ? undefined : id })}
        />
      </div>
      <Select
        label="Kind"
        value={areaOf(search)?.toLowerCase() ?? ""}
        names={AREAS}
        onChange={(area) => change({ area })}
      />
      <Select
        label="What was done"
        value={actionOf(search)?.toLowerCase() ?? ""}
        names={ACTIONS}
        onChange={(action) => change({ action })}
      />
      <div className={styles.box}>
        <SearchBox
          label="By whom"
          placeholder="By whom"
          shortcut="/"
          icon={<User aria-hidden />}
          inputRef={who}
          value={search.who ?? ""}
          onSubmit={(text) => change({ who: text || undefined })}
        />
      </div>
      <When search={search} onChange={change} />
      {search.request && (
        <Narrowing onClear={() => change({ request: undefined })}>one request …{search.request.slice(-6)}</Narrowing>
      )}
      {search.thing && (
        <Narrowing onClear={() => change({ thing: undefined })}>one thing …{search.thing.slice(-6)}</Narrowing>
      )}
      {isNarrowed(search) && (
        <Button kind="quiet" onPress={() => onSearch({ at: search.at })}>
          Clear
        </Button>
      )}
    </search>
  );
}

type SelectProps<Key extends string> = {
  label: string;
  value: string;
  names: Record<Key, string>;
  onChange: (value: string | undefined) => void;
};

function Select<Key extends string>({ label, value, names, onChange }: SelectProps<Key>) {
  const id = useId();
  return (
    <div className={styles.labelled}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value || undefined)}>
        <option value="">any</option>
        {Object.entries<string>(names).map(([key, name]) => (
          <option key={key} value={key.toLowerCase()}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

const HOUR_MS = 3_600_000;
const SINCE: readonly { label: string; hours: number }[] = [
  { label: "in the last hour", hours: 1 },
  { label: "in the last 24 hours", hours: 24 },
  { label: "in the last 7 days", hours: 24 * 7 },
  { label: "in the last 30 days", hours: 24 * 30 },
];

/** A word that is chosen becomes the instant that it means now, so that the address means the same later. */
function When({ search, onChange }: { search: AuditSearch; onChange: (part: AuditSearch) => void }) {
  const id = useId();
  const isBound = search.from !== undefined || search.until !== undefined;
  return (
    <>
      <div className={styles.labelled}>
        <label htmlFor={id}>When</label>
        <select
          id={id}
          value={isBound ? "between" : ""}
          onChange={({ target: { value } }) => {
            if (value === "between") return;
            const from = value ? new Date(Date.now() - Number(value) * HOUR_MS).toISOString() : undefined;
            onChange({ from, until: undefined });
          }}
        >
          <option value="">at any time</option>
          {SINCE.map(({ label, hours }) => (
            <option key={hours} value={hours}>
              {label}
            </option>
          ))}
          {isBound && <option value="between">between</option>}
        </select>
      </div>
      {isBound && (
        <>
          <Moment label="From" value={search.from} onChange={(from) => onChange({ from })} />
          <Moment label="Until" value={search.until} onChange={(until) => onChange({ until })} />
        </>
      )}
    </>
  );
}

type MomentProps = { label: string; value: string | undefined; onChange: (iso: string | undefined) => void };

function Moment({ label, value, onChange }: MomentProps) {
  const id = useId();
  return (
    <div className={styles.labelled}>
      <label htmlFor={id}>{label}</label>
      {/* While one types, the field says nothing whole; then what stands there stays. */}
      <input
        key={value}
        id={id}
        type="datetime-local"
        defaultValue={localOf(value)}
        onBlur={(event) => {
          const next = instantOf(event.target.value);
          if (event.target.value !== localOf(value) && !event.target.validity.badInput) onChange(next);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
        }}
      />
    </div>
  );
}

function Narrowing({ onClear, children }: { onClear: () => void; children: ReactNode }) {
  return (
    <span className={styles.narrowing}>
      Only {children}
      <button type="button" aria-label="Not only that" onClick={onClear}>
        <X aria-hidden />
      </button>
    </span>
  );
}
