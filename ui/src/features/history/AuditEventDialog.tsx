import { ArrowLeft, ChevronDown, ChevronUp, Eye, History as HistoryIcon } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { CopyButton } from "@/components/CopyButton";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { ModalDialog } from "@/components/ModalDialog";
import { ThingName, Who } from "@/features/history/auditColumns";
import type { AuditSearch } from "@/features/history/auditSearch";
import { THINGS } from "@/features/history/auditWords";
import { ChangedFields } from "@/features/history/ChangedFields";
import { titleOf } from "@/features/history/changeWords";
import { History } from "@/features/history/History";
import { parseMoment } from "@/features/history/moment";
import { UndoChange } from "@/features/history/UndoChange";
import { type ToldEvent, useAuditEvent } from "@/features/history/useAuditEvent";
import type { AuditThing } from "@/features/history/useAuditLog";
import { formatInstant } from "@/lib/format";
import { useHotkeys } from "@/lib/hotkeys";
import styles from "./AuditLog.module.css";
import historyStyles from "./History.module.css";

type AuditEventDialogProps = {
  isOpen: boolean;
  search: AuditSearch;
  onSearch: (search: AuditSearch) => void;
  projectName: (projectId: string) => ReactNode;
  thingLink: (thing: AuditThing, name: ReactNode) => ReactNode;
  /** To the events beside it in the list; null where there is none. */
  onNewer: (() => void) | null;
  onOlder: (() => void) | null;
  /** Whoever looked at an event goes on from its row. */
  onClosed: (position: string) => void;
};

/** One event of the log, with all that it changed. */
export function AuditEventDialog(props: AuditEventDialogProps) {
  const { isOpen, search, onSearch, onNewer, onOlder, onClosed } = props;
  const { at } = search;
  const { event, failure, refresh } = useAuditEvent(isOpen ? at : undefined);
  const moment = parseMoment(search.history);
  const thing = event?.thing;
  const isHistory = moment !== undefined && thing?.id != null;
  const title = isHistory ? `History of this ${THINGS[thing.kind]}` : event ? titleOf(event.kind) : "Event";
  return (
    <ModalDialog
      title={title}
      isWide
      isOpen={isOpen}
      onOpenChange={() => {
        onSearch({ ...search, at: undefined, history: undefined });
        if (at) requestAnimationFrame(() => onClosed(at));
      }}
    >
      {isHistory && thing.id ? (
        <div className={styles.event}>
          <div>
            <Button kind="quiet" onPress={() => onSearch({ ...search, history: undefined })}>
              <ArrowLeft aria-hidden /> Back to the event
            </Button>
          </div>
          <History
            thing={{ id: thing.id, noun: THINGS[thing.kind] }}
            moment={moment}
            onMoment={(next) => onSearch({ ...search, history: next })}
          />
        </div>
      ) : (
        <div className={styles.event}>
          <Found what="event" value={failure ? null : event} failure={failure} onRetry={refresh}>
            {(event) => <Told key={event.position} event={event} {...props} />}
          </Found>
          {event === null && (
            <EmptyState title="There is no such event">The log has nothing at position {at}.</EmptyState>
          )}
          <Steps {...{ onNewer, onOlder }} />
        </div>
      )}
    </ModalDialog>
  );
}

function Steps({ onNewer, onOlder }: Pick<AuditEventDialogProps, "onNewer" | "onOlder">) {
  useHotkeys({ k: () => onNewer?.(), j: () => onOlder?.() }, { isInDialog: true });
  return (
    <div className={styles.steps}>
      <Button kind="quiet" aria-keyshortcuts="K" isDisabled={!onNewer} onPress={() => onNewer?.()}>
        <ChevronUp aria-hidden /> Newer <kbd>K</kbd>
      </Button>
      <Button kind="quiet" aria-keyshortcuts="J" isDisabled={!onOlder} onPress={() => onOlder?.()}>
        <ChevronDown aria-hidden /> Older <kbd>J</kbd>
      </Button>
    </div>
  );
}

function Told({ event, search, onSearch, projectName, thingLink }: AuditEventDialogProps & { event: ToldEvent }) {
  const { thing, change, position, request, time } = event;
  const noun = thing ? THINGS[thing.kind] : "thing";
  const title = titleOf(event.kind);
  const isUndone = change?.isUndone ?? false;
  const told = useRef<HTMLDivElement>(null);
  const onHistory = () => onSearch({ ...search, history: "changes" });
  useHotkeys(thing?.id ? { h: onHistory } : {}, { isInDialog: true });
  return (
    <div ref={told} tabIndex={-1} className={styles.event}>
      <dl className={styles.facts}>
        <Fact name="Who">
          <Who {...event} />
        </Fact>
        <Fact name="When">
          <time dateTime={time}>{formatInstant(time)}</time>
        </Fact>
        {thing && (
          <Fact name="What">
            <ThingName thing={thing} link={thingLink} /> <span className={styles.soft}>{noun}</span>
            {thing.projectId && thing.kind !== "PROJECT" && (
              <span className={styles.soft}>in {projectName(thing.projectId)}</span>
            )}
            {thing.id && <CopyButton label={`Copy the ID of the ${noun}`} text={thing.id} />}
          </Fact>
        )}
        <Fact name="Position">
          {position} <CopyButton label="Copy the position" text={position} />
          {isUndone && <Badge title="It was taken back and counts for nothing">undone</Badge>}
          {event.undoes && (
            <Button kind="quiet" onPress={() => onSearch({ ...search, at: event.undoes ?? undefined })}>
              takes back position {event.undoes}
            </Button>
          )}
        </Fact>
        <Fact name="Request">
          <code className={styles.id}>{request}</code> <CopyButton label="Copy the request" text={request} />
        </Fact>
        <Fact name="Event">
          <code>{event.kind}</code>
        </Fact>
      </dl>
      {event.isErased ? (
        <p className={historyStyles.note}>What it said was erased for good. That it happened stays in the log.</p>
      ) : (
        change && (
          <section aria-label="What it changed" className={styles.changed}>
            <h3>What it changed</h3>
            <ChangedFields change={change} isWhole />
          </section>
        )
      )}
      <div className={historyStyles.actions}>
        {event.isUndoable && !isUndone && (
          <UndoChange
            key={position}
            change={{ position, undoOutcome: change?.undoOutcome ?? null }}
            noun={noun}
            title={title}
            // The button that was pressed goes away; whoever pressed it stays here.
            onUndone={() => told.current?.focus({ preventScroll: true })}
          />
        )}
        {thing?.id && (
          <>
            <Button aria-keyshortcuts="H" onPress={onHistory}>
              <HistoryIcon aria-hidden /> History of this {noun}
            </Button>
            <Button onPress={() => onSearch({ ...search, history: position })}>
              <Eye aria-hidden /> Show as it was
            </Button>
            <Button onPress={() => onSearch({ thing: thing.id ?? undefined })}>All about this {noun}</Button>
          </>
        )}
        <Button onPress={() => onSearch({ request })}>All of this request</Button>
      </div>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
