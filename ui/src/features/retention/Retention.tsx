import { CircleStop, Eraser, Plus } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { EmptyState } from "@/components/EmptyState";
import { CheckField } from "@/components/Form";
import { Found } from "@/components/Found";
import { IconButton } from "@/components/IconButton";
import { type ListColumn, ListTable, RowNote, rowControl } from "@/components/ListTable";
import { SectionHead } from "@/components/SectionHead";
import { Time } from "@/components/Time";
import { useTakeBack } from "@/entities/history/useTakeBack";
import { RetentionDialog } from "@/features/retention/RetentionDialog";
import { effectOf, periodLabel, placeLabel } from "@/features/retention/rules";
import { type Retention as Data, type RetentionRule, useRetention } from "@/features/retention/useRetention";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatAmount, formatDay } from "@/lib/format";
import { showToast } from "@/lib/toasts";
import { useNow } from "@/lib/useNow";
import styles from "./Retention.module.css";

const DeactivateRetentionRuleMutation = graphql(`
  mutation DeactivateRetentionRule($id: ID!) {
    deactivateRetentionRule(id: $id) {
      id
      isActive
    }
  }
`);

const ApplyRetentionRulesMutation = graphql(`
  mutation ApplyRetentionRules {
    applyRetentionRules
  }
`);

const PAGE_RULES = 100;
const TRACES = { one: "trace", many: "traces" };

type RetentionProps = {
  /** Whether rules that have ended are listed, too; the address keeps it. */
  showsEnded: boolean;
  onShowsEnded: (showsEnded: boolean) => void;
};

/** How long traces are kept, by rules for the workspace, environments and projects. */
export function Retention({ showsEnded, onShowsEnded }: RetentionProps) {
  const [first, setFirst] = useState(PAGE_RULES);
  const { data, failure, isLoading, refresh } = useRetention({ includeInactive: showsEnded, first });
  const [asked, setAsked] = useState<"new" | "apply" | null>(null);
  const [ended, setEnded] = useState<RetentionRule | null>(null);
  const [, deactivate] = useMutation(DeactivateRetentionRuleMutation);
  const [, apply] = useMutation(ApplyRetentionRulesMutation);
  const { undoNewest } = useTakeBack();
  const now = useNow();
  const nameOf = (rule: RetentionRule) => nameOfPlace(rule, data?.projects.nodes ?? []);
  const onEnd = async () => {
    if (!ended) return null;
    const { error } = await deactivate({ id: ended.id });
    if (error) return failureOf(error).message;
    showToast(`The rule of ${nameOf(ended)} has ended.`, async () => {
      const answer = await undoNewest(ended.id, "retention_rule_deactivated");
      showToast("refusal" in answer ? answer.refusal : `The rule of ${nameOf(ended)} holds again.`);
    });
    refresh();
    return null;
  };
  const onApply = async () => {
    const answer = await apply({});
    if (answer.error) return failureOf(answer.error).message;
    showToast(`Deleted ${formatAmount(answer.data?.applyRetentionRules ?? 0, TRACES)}.`);
    return null;
  };
  const create = (
    <Button kind="primary" onPress={() => setAsked("new")}>
      <Plus aria-hidden /> New rule
    </Button>
  );
  const rules = data?.retentionRules;
  const hasActive = rules?.items.some(({ isActive }) => isActive) ?? false;
  return (
    <section aria-labelledby="retention">
      <SectionHead
        id="retention"
        title="Retention"
        actions={
          <>
            {hasActive && (
              <Button onPress={() => setAsked("apply")}>
                <Eraser aria-hidden /> Apply now
              </Button>
            )}
            {create}
          </>
        }
      >
        How long traces are kept after they started. The narrowest rule counts: that of a project and an environment,
        then of a project, of an environment, of all projects.
      </SectionHead>
      <div className={styles.ended}>
        <CheckField label="Also rules that have ended" value={showsEnded} onChange={onShowsEnded} />
      </div>
      <Found what="retention rules" value={rules} failure={failure} onRetry={refresh}>
        {({ items, total }) =>
          items.length === 0 ? (
            <EmptyState title="Everything is kept">
              No rule says how long. With one, old traces go by themselves, and lie in the trash.
            </EmptyState>
          ) : (
            <ListTable
              label="Retention rules"
              columns={columnsOf(nameOf, now, setEnded)}
              rows={items}
              keyOf={({ id }) => id}
              more={
                items.length < total ? { failure: null, isLoading, onMore: () => setFirst(first + PAGE_RULES) } : null
              }
            />
          )
        }
      </Found>
      {data && (
        <RetentionDialog retention={data} isOpen={asked === "new"} onClose={() => setAsked(null)} onMade={refresh} />
      )}
      <ConfirmDialog
        title="Apply the rules now?"
        act="Apply"
        isOpen={asked === "apply"}
        onOpenChange={() => setAsked(null)}
        onConfirm={onApply}
      >
        What is too old is deleted at once rather than within the hour. It lies in the trash until it is erased.
      </ConfirmDialog>
      <ConfirmDialog
        title={`End the rule of ${ended ? nameOf(ended) : ""}?`}
        act="End rule"
        isOpen={ended !== null}
        onOpenChange={() => setEnded(null)}
        onConfirm={onEnd}
      >
        It deletes nothing more, and a wider rule counts in its place, if there is one. What it deleted stays in the
        trash, in its name.
      </ConfirmDialog>
    </section>
  );
}

function nameOfPlace(rule: RetentionRule, projects: Data["projects"]["nodes"]): string {
  const { projectId, environment = null, isOfOrganization } = rule;
  const project = projectId ? (projects.find(({ id }) => id === projectId)?.name ?? `project ${projectId}`) : null;
  return placeLabel({ project, environment, isOfOrganization });
}

const day = (ms: number) => formatDay(new Date(ms).toISOString());

const columnsOf = (
  nameOf: (rule: RetentionRule) => string,
  now: number,
  onEnd: (rule: RetentionRule) => void,
): ListColumn<RetentionRule>[] => [
  {
    label: "Traces of",
    cell: (rule) => (
      <>
        <strong>{nameOf(rule)}</strong>
        {rule.isOfOrganization && <RowNote>counts where no other rule does</RowNote>}
      </>
    ),
  },
  { label: "Kept", cell: ({ period }) => periodLabel(period) },
  {
    label: "Deletes",
    cell: (rule) => (rule.isActive ? effectOf(rule, now, day) : <Badge>ended</Badge>),
  },
  {
    label: "By",
    isMinor: true,
    cell: ({ isActive, createdBy, lastUpdatedBy }) =>
      isActive ? createdBy : `${createdBy}, ended by ${lastUpdatedBy}`,
  },
  {
    label: "Since",
    isMinor: true,
    cell: (rule) => <Time at={rule.isActive ? rule.createdAt : rule.lastUpdatedAt} style="relative" />,
  },
  {
    label: "",
    cell: (rule) =>
      rule.isActive && (
        <div className={rowControl}>
          <IconButton label={`End the rule of ${nameOf(rule)}`} onPress={() => onEnd(rule)}>
            <CircleStop aria-hidden />
          </IconButton>
        </div>
      ),
  },
];
