import { Plus, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/Button";
import { CheckField, Form, FormActions, Problem, SelectField, TextField } from "@/components/Form";
import { IconButton } from "@/components/IconButton";
import { LeaveGuard } from "@/components/LeaveGuard";
import { AlertTest } from "@/features/alerts/AlertTest";
import {
  type AlertDraft,
  inputOf,
  isSame,
  newEntry,
  newTrigger,
  PAGER_DUTY_URL,
  problemOf,
} from "@/features/alerts/draft";
import { TriggerFields } from "@/features/alerts/TriggerFields";
import { DESTINATIONS, EVENTS } from "@/features/alerts/words";
import type { AlertDestination, AlertEventType, AlertInput } from "@/gql/graphql";
import styles from "./AlertForm.module.css";

type AlertFormProps = {
  projectId: string;
  /** Null: a new one. */
  alertId: string | null;
  initial: AlertDraft;
  hasSecret: boolean;
  /** Says what is wrong, if something is. */
  onSave: (input: AlertInput) => Promise<string | null>;
  actions?: ReactNode;
};

type Set = (change: Partial<AlertDraft>) => void;

/** The whole alert: what it is called, where the message goes, and what sets it off. */
export function AlertForm({ projectId, alertId, initial, hasSecret, onSave, actions }: AlertFormProps) {
  const [base, setBase] = useState(initial);
  const [draft, setDraft] = useState(initial);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const isChanged = !isSame(draft, base);
  const isStale = !isSame(initial, base);
  // What others saved is taken over, unless it would take away what is written here.
  if (isStale && !isChanged) {
    setBase(initial);
    setDraft(initial);
  }
  const set: Set = (change) => setDraft({ ...draft, ...change });
  const save = async () => {
    const wrong = problemOf(draft);
    if (wrong) return setProblem(wrong);
    setBusy(true);
    const said = await onSave(inputOf(draft, projectId));
    setBusy(false);
    setProblem(said);
    if (said) return;
    const kept = { ...draft, secret: "", isWithoutSecret: false };
    setBase(kept);
    setDraft(kept);
  };
  return (
    <div className={styles.form}>
      <LeaveGuard isOn={isChanged && !isBusy} />
      <Form label="Alert" onSubmit={save}>
        <General draft={draft} set={set} />
        <Destination draft={draft} set={set} hasSecret={hasSecret} />
        <Triggers draft={draft} set={set} />
        {isStale && isChanged && (
          <p role="status">Somebody changed this alert meanwhile. What you save takes the place of what they wrote.</p>
        )}
        <Problem text={problem} />
        <FormActions>
          {actions}
          <Button kind="primary" type="submit" isDisabled={isBusy || (alertId !== null && !isChanged)}>
            {alertId ? "Save alert" : "Create alert"}
          </Button>
        </FormActions>
      </Form>
      <AlertTest alertId={alertId} problem={problemOf(draft)} input={() => inputOf(draft, projectId)} />
    </div>
  );
}

function General({ draft, set }: { draft: AlertDraft; set: Set }) {
  return (
    <fieldset className={styles.part}>
      <legend>Alert</legend>
      <TextField label="Name" maxLength={255} value={draft.name} onChange={(name) => set({ name })} />
      <CheckField label="Enabled" value={draft.isEnabled} onChange={(isEnabled) => set({ isEnabled })} />
      <CheckField
        label="In all projects, not in this one alone"
        value={draft.isEverywhere}
        onChange={(isEverywhere) => set({ isEverywhere })}
      />
    </fieldset>
  );
}

const DESTINATION_OPTIONS = Object.entries(DESTINATIONS).map(([id, label]) => ({ id: id as AlertDestination, label }));

function Destination({ draft, set, hasSecret }: { draft: AlertDraft; set: Set; hasSecret: boolean }) {
  const onDestination = (destination: AlertDestination) => {
    const isUnset = draft.url === "" || draft.url === PAGER_DUTY_URL;
    const url = destination === "PAGER_DUTY" ? PAGER_DUTY_URL : "";
    set({ destination, ...(isUnset && { url }) });
  };
  return (
    <fieldset className={styles.part}>
      <legend>Where the message goes</legend>
      <SelectField
        label="Destination"
        value={draft.destination}
        options={DESTINATION_OPTIONS}
        onChange={onDestination}
      />
      <TextField label="URL" type="url" value={draft.url} onChange={(url) => set({ url })} />
      {draft.destination === "PAGER_DUTY" && (
        <TextField
          label="Routing key"
          hint="The integration key of the service in PagerDuty"
          value={draft.routingKey}
          onChange={(routingKey) => set({ routingKey })}
        />
      )}
      <TextField
        label="Secret token (optional)"
        type="password"
        autoComplete="new-password"
        maxLength={250}
        hint={
          hasSecret && !draft.isWithoutSecret
            ? "There is one that nobody is shown; it stays unless you write another"
            : "Sent as a bearer token with each message"
        }
        disabled={draft.isWithoutSecret}
        value={draft.secret}
        onChange={(secret) => set({ secret })}
      />
      {hasSecret && (
        <CheckField
          label="Take the secret away"
          value={draft.isWithoutSecret}
          onChange={(isWithoutSecret) => set({ isWithoutSecret, secret: "" })}
        />
      )}
      <Headers draft={draft} set={set} />
    </fieldset>
  );
}

function Headers({ draft: { headers }, set }: { draft: AlertDraft; set: Set }) {
  return (
    <>
      {headers.map((header, at) => {
        const change = (part: Partial<typeof header>) =>
          set({ headers: headers.map((other) => (other === header ? { ...header, ...part } : other)) });
        return (
          <div key={header.key} className={styles.entry}>
            <TextField label={`Header ${at + 1}`} value={header.name} onChange={(name) => change({ name })} />
            <TextField
              label={`Value of header ${at + 1}`}
              value={header.value}
              onChange={(value) => change({ value })}
            />
            <IconButton
              label={`Remove header ${at + 1}`}
              onPress={() => set({ headers: headers.filter((other) => other !== header) })}
            >
              <X aria-hidden />
            </IconButton>
          </div>
        );
      })}
      <div className={styles.acts}>
        <Button kind="quiet" onPress={() => set({ headers: [...headers, newEntry()] })}>
          <Plus aria-hidden /> Header
        </Button>
      </div>
    </>
  );
}

const EVENT_OPTIONS = Object.entries(EVENTS).map(([id, label]) => ({ id: id as AlertEventType, label }));
const NONE = "";

function Triggers({ draft: { triggers }, set }: { draft: AlertDraft; set: Set }) {
  const free = EVENT_OPTIONS.filter(({ id }) => triggers.every(({ eventType }) => eventType !== id));
  return (
    <fieldset className={styles.part}>
      <legend>What sets it off</legend>
      {triggers.length === 0 && <p className={styles.note}>Nothing yet: choose what to be told of.</p>}
      {triggers.map((trigger) => (
        <TriggerFields
          key={trigger.eventType}
          trigger={trigger}
          onChange={(next) => set({ triggers: triggers.map((other) => (other === trigger ? next : other)) })}
          onRemove={() => set({ triggers: triggers.filter((other) => other !== trigger) })}
        />
      ))}
      {free.length > 0 && (
        <SelectField<AlertEventType | typeof NONE>
          label="Add a trigger"
          value={NONE}
          options={[{ id: NONE, label: "Choose…" }, ...free]}
          onChange={(eventType) => {
            if (eventType !== NONE) set({ triggers: [...triggers, newTrigger(eventType)] });
          }}
        />
      )}
    </fieldset>
  );
}
