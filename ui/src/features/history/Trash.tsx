import { History as HistoryIcon, RotateCcw } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Choice } from "@/components/Choice";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { IconButton } from "@/components/IconButton";
import { type ListColumn, ListTable, RowNote, rowControl } from "@/components/ListTable";
import { ModalDialog } from "@/components/ModalDialog";
import { Page } from "@/components/Page";
import { Time } from "@/components/Time";
import { useTakeBack } from "@/entities/history/useTakeBack";
import { History } from "@/features/history/History";
import { parseMoment } from "@/features/history/moment";
import { NOUNS, parseKind } from "@/features/history/trashWords";
import { type Trashed, useTrash } from "@/features/history/useTrash";
import { useHotkeys } from "@/lib/hotkeys";
import { showToast } from "@/lib/toasts";
import styles from "./Trash.module.css";

export type TrashSearch = {
  kind?: string | undefined;
  /** What of the history of one of them is shown. */
  thing?: string | undefined;
  history?: string | undefined;
};

type TrashProps = {
  /** Null: of the whole workspace. */
  projectId: string | null;
  search: TrashSearch;
  /** How a project is called that something belonged to. */
  projectName: (projectId: string) => ReactNode;
  onSearch: (search: TrashSearch) => void;
};

/** What was deleted, to be looked at and brought back. */
export function Trash({ projectId, search, projectName, onSearch }: TrashProps) {
  const kind = parseKind(search.kind);
  const trash = useTrash({ kind, projectId });
  const { list, failure, apply } = trash;
  const { undo, restore } = useTakeBack();
  const table = useRef<HTMLDivElement>(null);
  const restoring = useRef(new Set<string>());
  const shown = list?.items.find(({ id }) => id === search.thing);
  const moment = parseMoment(search.history);

  const onRestore = async (trashed: Trashed) => {
    // A key that is held down comes again before the answer.
    if (restoring.current.has(trashed.id)) return;
    restoring.current.add(trashed.id);
    const said = `${NOUNS[trashed.kind]} ${trashed.name ?? trashed.id}`;
    const answer = await restore(trashed.id);
    restoring.current.delete(trashed.id);
    if ("refusal" in answer) return showToast(answer.refusal);
    move(table.current, 1) || move(table.current, -1);
    apply([{ kind: "DELETED", id: trashed.id, item: null }], { compare: null, show: false });
    showToast(`Restored the ${said}.`, async () => {
      const again = await undo(answer.position);
      showToast("refusal" in again ? again.refusal : `The ${said} is in the trash again.`);
    });
  };
  useHotkeys({
    j: () => move(table.current, 1),
    k: () => move(table.current, -1),
    ArrowDown: () => move(table.current, 1),
    ArrowUp: () => move(table.current, -1),
    r: () => {
      const trashed = list?.items[Math.max(0, placeOf(table.current))];
      if (trashed) onRestore(trashed);
    },
  });
  return (
    <Page
      title="Trash"
      about={`What was deleted ${projectId ? "from this project" : "from this workspace"}. All of it can be restored.`}
      actions={<KindSelect value={kind ?? ""} onChange={(next) => onSearch({ kind: next || undefined })} />}
    >
      <Found what="trash" value={failure ? null : list} failure={failure} onRetry={trash.refresh}>
        {({ items, hasNextPage }) =>
          items.length === 0 && !hasNextPage ? (
            <EmptyState
              title={kind ? `No ${NOUNS[kind]} in the trash` : "The trash is empty"}
              actions={kind && <Button onPress={() => onSearch({})}>Show all kinds</Button>}
            >
              What is deleted comes here, and can be brought back with all that belonged to it.
            </EmptyState>
          ) : (
            <div ref={table}>
              <ListTable
                label="Deleted things"
                columns={columnsOf({
                  projectName: projectId ? null : projectName,
                  onRestore,
                  onHistory: (thing) => onSearch({ ...search, thing, history: "changes" }),
                })}
                rows={items}
                keyOf={({ id }) => id}
                isBusy={trash.isLoading}
                more={trash.more}
              />
            </div>
          )
        }
      </Found>
      <ModalDialog
        title={shown ? `History of this ${NOUNS[shown.kind]}` : "History"}
        isWide
        isOpen={shown !== undefined && moment !== undefined}
        onOpenChange={() => onSearch({ kind: search.kind })}
      >
        {shown && moment && (
          <History
            thing={{ id: shown.id, noun: NOUNS[shown.kind] }}
            moment={moment}
            onMoment={(next) => onSearch(next ? { ...search, history: next } : { kind: search.kind })}
          />
        )}
      </ModalDialog>
    </Page>
  );
}

function KindSelect({ value, onChange }: { value: string; onChange: (kind: string) => void }) {
  const options = Object.entries(NOUNS).map(([id, label]) => ({ id, label }));
  return <Choice label="Kind" value={value} onChange={onChange} empty="all" options={options} />;
}

const RESTORE = "restore";
const buttonsOf = (table: HTMLElement | null) => [
  ...(table?.querySelectorAll<HTMLElement>(`button[data-act="${RESTORE}"]`) ?? []),
];

/** The row in which the focus is; −1 if it is elsewhere. */
function placeOf(table: HTMLElement | null): number {
  const row = document.activeElement?.closest("tr");
  return buttonsOf(table).findIndex((button) => button.closest("tr") === row);
}

/** Whether there was a row to go to. */
function move(table: HTMLElement | null, step: number): boolean {
  const button = buttonsOf(table)[placeOf(table) + step];
  button?.focus();
  return button !== undefined;
}

type ColumnsOptions = {
  /** Null where all of them are of one. */
  projectName: ((projectId: string) => ReactNode) | null;
  onRestore: (trashed: Trashed) => void;
  onHistory: (id: string) => void;
};

function columnsOf({ projectName, onRestore, onHistory }: ColumnsOptions): ListColumn<Trashed>[] {
  const project: ListColumn<Trashed>[] = projectName
    ? [{ label: "Project", isMinor: true, cell: ({ projectId }) => (projectId ? projectName(projectId) : "–") }]
    : [];
  return [
    {
      label: "Name",
      cell: ({ id, name }) => (
        <>
          <strong>{name ?? "unnamed"}</strong>
          <RowNote>
            <span title={id}>…{id.slice(-6)}</span>
          </RowNote>
        </>
      ),
    },
    { label: "Kind", isMinor: true, cell: ({ kind }) => <Badge>{NOUNS[kind]}</Badge> },
    ...project,
    { label: "Deleted", cell: ({ deletedAt }) => <Time at={deletedAt} style="relative" /> },
    { label: "By", isMinor: true, cell: ({ deletedBy }) => deletedBy },
    {
      label: "",
      cell: (trashed) => (
        <div className={`${rowControl} ${styles.acts}`}>
          <IconButton label={`History of ${trashed.name ?? trashed.id}`} onPress={() => onHistory(trashed.id)}>
            <HistoryIcon aria-hidden />
          </IconButton>
          <Button
            data-act={RESTORE}
            aria-label={`Restore ${trashed.name ?? trashed.id}`}
            aria-keyshortcuts="R"
            onPress={() => onRestore(trashed)}
          >
            <RotateCcw aria-hidden /> Restore
          </Button>
        </div>
      ),
    },
  ];
}
