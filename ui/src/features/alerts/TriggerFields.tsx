import { Plus, X } from "lucide-react";
import { Button } from "@/components/Button";
import { SelectField, TextField } from "@/components/Form";
import { IconButton } from "@/components/IconButton";
import {
  type GroupDraft,
  newGroup,
  newThreshold,
  type ThresholdDraft,
  type TriggerDraft,
} from "@/features/alerts/draft";
import { EVENTS, isScore, MEASURED, WINDOWS, windowLabel } from "@/features/alerts/words";
import styles from "./AlertForm.module.css";

type TriggerFieldsProps = { trigger: TriggerDraft; onChange: (trigger: TriggerDraft) => void; onRemove: () => void };

/** One thing that sets the alert off, and under which conditions. */
export function TriggerFields({ trigger, onChange, onRemove }: TriggerFieldsProps) {
  const title = EVENTS[trigger.eventType];
  const isMeasured = MEASURED[trigger.eventType] !== undefined;
  const setGroups = (groups: readonly GroupDraft[]) => onChange({ ...trigger, groups });
  return (
    <section className={styles.trigger} aria-label={title}>
      <div className={styles.triggerHead}>
        <h3>{title}</h3>
        <IconButton label={`Remove ${title}`} onPress={onRemove}>
          <X aria-hidden />
        </IconButton>
      </div>
      {trigger.eventType === "GUARDRAILS_TRIGGERED" && (
        <TextField
          label="Guardrails (optional)"
          hint="Names with commas between them; all if there are none"
          value={trigger.guardrails}
          onChange={(guardrails) => onChange({ ...trigger, guardrails })}
        />
      )}
      {trigger.groups.map((group, at) => (
        <Group
          key={group.key}
          group={group}
          trigger={trigger}
          isFirst={at === 0}
          onChange={(next) =>
            setGroups(
              next.thresholds.length === 0
                ? trigger.groups.filter((other) => other !== group)
                : trigger.groups.map((other) => (other === group ? next : other)),
            )
          }
        />
      ))}
      {isMeasured && (
        <div className={styles.acts}>
          <Button kind="quiet" onPress={() => setGroups([...trigger.groups, newGroup()])}>
            <Plus aria-hidden /> Or
          </Button>
        </div>
      )}
    </section>
  );
}

type GroupProps = {
  group: GroupDraft;
  trigger: TriggerDraft;
  isFirst: boolean;
  onChange: (group: GroupDraft) => void;
};

/** Conditions that must hold together. */
function Group({ group, trigger, isFirst, onChange }: GroupProps) {
  const set = (thresholds: readonly ThresholdDraft[]) => onChange({ ...group, thresholds });
  const isOnly = trigger.groups.length === 1 && group.thresholds.length === 1;
  return (
    <div className={styles.group}>
      {!isFirst && <span className={styles.word}>or</span>}
      {group.thresholds.map((threshold, at) => (
        <div key={threshold.key} className={styles.group}>
          {at > 0 && <span className={styles.word}>and</span>}
          <Threshold
            threshold={threshold}
            trigger={trigger}
            onChange={(next) => set(group.thresholds.map((other) => (other === threshold ? next : other)))}
            onRemove={isOnly ? null : () => set(group.thresholds.filter((other) => other !== threshold))}
          />
        </div>
      ))}
      <div className={styles.acts}>
        <Button kind="quiet" onPress={() => set([...group.thresholds, newThreshold()])}>
          <Plus aria-hidden /> And
        </Button>
      </div>
    </div>
  );
}

type ThresholdProps = {
  threshold: ThresholdDraft;
  trigger: TriggerDraft;
  onChange: (threshold: ThresholdDraft) => void;
  onRemove: (() => void) | null;
};

const COMPARISONS = [
  { id: "above", label: "is above" },
  { id: "below", label: "is below" },
] as const;

function Threshold({ threshold, trigger, onChange, onRemove }: ThresholdProps) {
  const hasScore = isScore(trigger.eventType);
  const windows = [...new Set([...WINDOWS, threshold.windowSeconds])].sort((one, other) => one - other);
  return (
    <div className={styles.threshold}>
      {hasScore && (
        <>
          <TextField
            label="Score"
            value={threshold.scoreName}
            onChange={(scoreName) => onChange({ ...threshold, scoreName })}
          />
          <SelectField
            label="Comparison"
            value={threshold.isBelow ? "below" : "above"}
            options={COMPARISONS}
            onChange={(comparison) => onChange({ ...threshold, isBelow: comparison === "below" })}
          />
        </>
      )}
      <TextField
        label={hasScore ? "Threshold" : `${MEASURED[trigger.eventType]} above`}
        inputMode="decimal"
        value={threshold.bound}
        onChange={(bound) => onChange({ ...threshold, bound })}
      />
      <SelectField
        label="Over the last"
        value={String(threshold.windowSeconds)}
        options={windows.map((seconds) => ({ id: String(seconds), label: windowLabel(seconds) }))}
        onChange={(seconds) => onChange({ ...threshold, windowSeconds: Number(seconds) })}
      />
      {onRemove && (
        <IconButton label="Remove condition" onPress={onRemove}>
          <X aria-hidden />
        </IconButton>
      )}
    </div>
  );
}
