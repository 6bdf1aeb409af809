import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { Button } from "@/components/Button";
import { CheckField, Form, FormActions, FormRow, Problem, SelectField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { goesAt, keptSince, PERIODS, periodLabel } from "@/features/retention/rules";
import type { Retention } from "@/features/retention/useRetention";
import { graphql } from "@/gql";
import type { RetentionPeriod } from "@/gql/graphql";
import { failureOf } from "@/lib/failure";
import { formatAmount, formatDay } from "@/lib/format";

const CreateRetentionRuleMutation = graphql(`
  mutation CreateRetentionRule($rule: RetentionRuleInput!) {
    createRetentionRule(rule: $rule) {
      id
    }
  }
`);

const TooOldQuery = graphql(`
  query TooOld($scope: StatisticsScope!) {
    statistics(scope: $scope, input: {}) {
      groups {
        count
      }
    }
  }
`);

type RetentionDialogProps = { retention: Retention; isOpen: boolean; onClose: () => void; onMade: () => void };

export function RetentionDialog({ retention, isOpen, onClose, onMade }: RetentionDialogProps) {
  return (
    <ModalDialog title="New retention rule" isOpen={isOpen} onOpenChange={onClose}>
      <RetentionForm
        retention={retention}
        onMade={() => {
          onMade();
          onClose();
        }}
      />
    </ModalDialog>
  );
}

/** No name of an environment is blank, and no id of a project. */
const ALL = "";

function RetentionForm({ retention, onMade }: Pick<RetentionDialogProps, "retention" | "onMade">) {
  const [projectId, setProjectId] = useState(ALL);
  const [environment, setEnvironment] = useState(ALL);
  const [period, setPeriod] = useState<RetentionPeriod>("BASE");
  const [isForPast, setForPast] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [{ fetching }, create] = useMutation(CreateRetentionRuleMutation);
  const place = { projectId: projectId || null, environment: environment || null };
  const replaced = retention.retentionRules.items.find(
    (rule) =>
      rule.isActive &&
      !rule.isOfOrganization &&
      (rule.projectId ?? null) === place.projectId &&
      (rule.environment ?? null) === place.environment,
  );
  const isLimited = period !== "UNLIMITED";
  const submit = async () => {
    const { error } = await create({ rule: { ...place, period, applyToPast: isForPast && isLimited } });
    if (error) setProblem(failureOf(error).message);
    else onMade();
  };
  return (
    <Form onSubmit={submit}>
      <FormRow>
        <SelectField
          label="Project"
          value={projectId}
          options={[{ id: ALL, label: "All projects" }, ...retention.projects.nodes.map(named)]}
          onChange={setProjectId}
        />
        <SelectField
          label="Environment"
          value={environment}
          options={[
            { id: ALL, label: "All environments" },
            ...retention.environments.map(({ name }) => ({ id: name, label: name })),
          ]}
          onChange={setEnvironment}
        />
      </FormRow>
      <SelectField label="Kept for" value={period} options={PERIODS} onChange={setPeriod} />
      {isLimited && <CheckField label="Also what started before now" value={isForPast} onChange={setForPast} />}
      <div role="status">
        {isLimited && isForPast ? (
          <Past {...place} period={period} />
        ) : (
          <p>{isLimited ? future(period) : "Nothing is deleted, whatever a wider rule says."}</p>
        )}
        {replaced && <p>The rule of {periodLabel(replaced.period)} ends with it.</p>}
      </div>
      <Problem text={problem} />
      <FormActions>
        <Button kind={isLimited && isForPast ? "danger" : "primary"} type="submit" isDisabled={fetching}>
          Make rule
        </Button>
      </FormActions>
    </Form>
  );
}

const named = ({ id, name }: { id: string; name: string }) => ({ id, label: name });

const GOES_WITH_IT = "with their spans, scores and comments";
const IN_TRASH = "They lie in the trash, and come back from there until they are erased.";

const day = (ms: number | null) => (ms === null ? "never" : formatDay(new Date(ms).toISOString()));

const future = (period: RetentionPeriod) =>
  `Traces that start from now on are deleted ${periodLabel(period)} after they started, ${GOES_WITH_IT}: the first on ${day(goesAt(period, Date.now()))}. ${IN_TRASH} What is there already stays.`;

type PastProps = { projectId: string | null; environment: string | null; period: RetentionPeriod };

/** What is too old already. */
function Past({ projectId, environment, period }: PastProps) {
  const [nowMs] = useState(() => Date.now());
  const since = keptSince(period, nowMs) ?? 0;
  const [{ data, error, fetching }] = useQuery({
    query: TooOldQuery,
    variables: {
      scope: {
        entity: "TRACE",
        projectIds: projectId ? [projectId] : null,
        filter: environment && `environment:${JSON.stringify(environment)}`,
        from: new Date(0).toISOString(),
        to: new Date(since).toISOString(),
      },
    },
    requestPolicy: "network-only",
  });
  const count = data?.statistics.groups[0]?.count ?? 0;
  return (
    <>
      <p>
        Traces that started before {day(since)} are deleted within the hour, {GOES_WITH_IT}; later ones{" "}
        {periodLabel(period)} after they started. {IN_TRASH}
      </p>
      <p>
        <strong>
          {error
            ? `How many that is now could not be read: ${failureOf(error).message}`
            : fetching
              ? "Counting how many that is now…"
              : said(count, projectId === null || environment === null)}
        </strong>
      </p>
    </>
  );
}

/** What a narrower rule keeps is counted, too. */
function said(count: number, isWide: boolean): string {
  if (count === 0) return "That is no trace now.";
  return `That is ${isWide ? "at most " : ""}${formatAmount(count, { one: "trace", many: "traces" })} now.`;
}
