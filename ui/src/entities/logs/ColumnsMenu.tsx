import { Columns3, Link2, Plus, RotateCcw, Save, X } from "lucide-react";
import { useState } from "react";
import { Menu, MenuItem, MenuSection, MenuTrigger, Separator } from "react-aria-components";
import { Button } from "@/components/Button";
import { CheckItem } from "@/components/CheckItem";
import { Form, FormActions, TextField } from "@/components/Form";
import { IconButton } from "@/components/IconButton";
import menuStyles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import { ModalDialog } from "@/components/ModalDialog";
import { isExtra } from "@/entities/logs/extraColumns";
import type { LogKind } from "@/entities/logs/logKind";
import { useDerivedColumns } from "@/entities/logs/useDerivedColumns";
import type { LogColumns } from "@/entities/logs/useLogColumns";

type ColumnsMenuProps<Row> = {
  kind: LogKind<Row>;
  columns: LogColumns<Row>;
  /** Columns of scores that there can be. */
  scores: readonly string[];
  onOpen: () => void;
};

/** Which columns there are, and sets of them under a name. */
export function ColumnsMenu<Row>({ kind, columns, scores, onOpen }: ColumnsMenuProps<Row>) {
  const [asked, setAsked] = useState<"path" | "set" | null>(null);
  return (
    <>
      <MenuTrigger onOpenChange={(isOpen) => isOpen && onOpen()}>
        <IconButton label="Columns" kind="plain">
          <Columns3 aria-hidden />
        </IconButton>
        <MenuPopover>
          <OpenMenu {...{ kind, columns, scores }} onAsk={setAsked} />
        </MenuPopover>
      </MenuTrigger>
      <ModalDialog title="Add a column" isOpen={asked === "path"} onOpenChange={() => setAsked(null)}>
        <AddColumn
          kind={kind}
          onAdd={(id) => {
            columns.add(id);
            setAsked(null);
          }}
        />
      </ModalDialog>
      <ModalDialog title="Column sets" isOpen={asked === "set"} onOpenChange={() => setAsked(null)}>
        <ColumnSets columns={columns} />
      </ModalDialog>
    </>
  );
}

/** Threads have none. */
const DERIVED_OF = { TRACE: "TRACES", SPAN: "SPANS", THREAD: null } as const;

type OpenMenuProps<Row> = Omit<ColumnsMenuProps<Row>, "onOpen"> & { onAsk: (asked: "path" | "set") => void };

function OpenMenu<Row>({ kind, columns, scores, onAsk }: OpenMenuProps<Row>) {
  const derived = useDerivedColumns().columns?.filter(({ of }) => of === DERIVED_OF[kind.entity]) ?? [];
  const shown = columns.shown.map(({ id }) => id);
  const extras = [
    ...new Set([
      ...scores,
      ...derived.map(({ name }) => `derived.${name}`),
      ...shown.filter((id) => isExtra(kind, id)),
    ]),
  ];
  const fixed = kind.columns.map(({ id, label }) => ({ id, label }));
  const all = [...fixed, ...extras.map((id) => ({ id, label: id }))];
  const onChoose = (keys: ReadonlySet<unknown>) => {
    const kept = shown.filter((id) => keys.has(id));
    const added = all.map(({ id }) => id).filter((id) => keys.has(id) && !shown.includes(id));
    columns.show([...kept, ...added]);
  };
  const onAction = (key: string) => {
    if (key === "reset") columns.reset();
    else if (key === "path" || key === "set") onAsk(key);
    else if (key === "link") columns.link(!columns.isLinked);
    else if (key.startsWith("set ")) columns.show(columns.sets[key.slice(4)] ?? []);
  };
  return (
    <Menu aria-label="Columns" className={menuStyles.menu ?? ""} onAction={(key) => onAction(String(key))}>
      <MenuSection
        aria-label="Shown"
        selectionMode="multiple"
        selectedKeys={shown}
        onSelectionChange={(keys) => {
          if (keys !== "all") onChoose(keys);
        }}
      >
        {all.map(({ id, label }) => (
          <CheckItem key={id} id={id} label={label} isDisabled={id === "name"} />
        ))}
      </MenuSection>
      <Separator className={menuStyles.line ?? ""} />
      <MenuSection aria-label="Sets">
        {Object.keys(columns.sets).map((name) => (
          <MenuItem key={name} id={`set ${name}`} textValue={name} className={menuStyles.item ?? ""}>
            <Columns3 aria-hidden /> {name}
          </MenuItem>
        ))}
        <MenuItem id="path" className={menuStyles.item ?? ""}>
          <Plus aria-hidden /> {kind.valuesOf ? "Column of a JSON path or score…" : "Column of a score…"}
        </MenuItem>
        <MenuItem id="set" className={menuStyles.item ?? ""}>
          <Save aria-hidden /> Column sets…
        </MenuItem>
        <MenuItem id="link" className={menuStyles.item ?? ""}>
          <Link2 aria-hidden /> {columns.isLinked ? "Take columns out of the address" : "Put columns in the address"}
        </MenuItem>
        <MenuItem id="reset" className={menuStyles.item ?? ""}>
          <RotateCcw aria-hidden /> Reset columns
        </MenuItem>
      </MenuSection>
    </Menu>
  );
}

const PATHS = {
  hint: "`metadata.user.plan`, `input.messages[0].content`, `feedback.accuracy`, of traces `span_feedback.accuracy`",
  placeholder: "metadata.user.plan",
  problem: "Begin with `input.`, `output.`, `metadata.` or `feedback.`, as in `metadata.user.plan`.",
};
const SCORES = {
  hint: "`feedback.accuracy`",
  placeholder: "feedback.accuracy",
  problem: "Begin with `feedback.`, as in `feedback.accuracy`.",
};

function AddColumn<Row>({ kind, onAdd }: { kind: LogKind<Row>; onAdd: (id: string) => void }) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const words = kind.valuesOf ? PATHS : SCORES;
  const submit = () => {
    const id = text.trim();
    if (isExtra(kind, id)) onAdd(id);
    else setProblem(words.problem);
  };
  return (
    <Form onSubmit={submit}>
      <TextField
        label="Path"
        hint={words.hint}
        placeholder={words.placeholder}
        autoFocus
        spellCheck={false}
        value={text}
        problem={problem}
        onChange={setText}
      />
      <FormActions isPart>
        <Button kind="primary" type="submit">
          Add column
        </Button>
      </FormActions>
    </Form>
  );
}

function ColumnSets<Row>({ columns }: { columns: LogColumns<Row> }) {
  const [name, setName] = useState("");
  const save = () => {
    if (name.trim()) columns.saveSet(name.trim());
    setName("");
  };
  return (
    <Form onSubmit={save}>
      {Object.entries(columns.sets).map(([set, ids]) => (
        <div key={set} className={menuStyles.setRow}>
          <div>
            <strong>{set}</strong>
            <p>{ids.join(", ")}</p>
          </div>
          <Button onPress={() => columns.show(ids)}>Show</Button>
          <IconButton label={`Delete ${set}`} onPress={() => columns.deleteSet(set)}>
            <X aria-hidden />
          </IconButton>
        </div>
      ))}
      <TextField label="Save the columns of now as" placeholder="costs" value={name} onChange={setName} />
      <FormActions isPart>
        <Button kind="primary" type="submit" isDisabled={!name.trim()}>
          Save
        </Button>
      </FormActions>
    </Form>
  );
}
