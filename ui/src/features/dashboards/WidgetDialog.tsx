import { type ReactNode, useState } from "react";
import { useQuery } from "urql";
import { Button } from "@/components/Button";
import { CheckField, Form, FormActions, FormRow, Problem, SelectField, TextArea, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { typeOf, WIDGET_TYPES, type Widget } from "@/features/dashboards/config";
import { GROUPINGS, METRICS, SINGLES, singleOf } from "@/features/dashboards/figures";
import { SCORE_SHAPES, settingOf, shapeOf } from "@/features/dashboards/settings";
import { graphql } from "@/gql";

const WidgetProjectsQuery = graphql(`
  query WidgetProjects {
    projects(first: 200) {
      nodes {
        id
        name
      }
    }
  }
`);

type WidgetDialogProps = {
  /** Null: a new one. */
  widget: Widget | null;
  /** The project of the dashboard. */
  projectId: string | null;
  isOpen: boolean;
  onClose: () => void;
  onSave: (widget: Widget) => void;
};

export function WidgetDialog({ isOpen, onClose, ...props }: WidgetDialogProps) {
  return (
    <ModalDialog title={props.widget ? "Edit widget" : "New widget"} isWide isOpen={isOpen} onOpenChange={onClose}>
      <WidgetForm {...props} />
    </ModalDialog>
  );
}

type Settings = Record<string, unknown>;
type PartProps = { widget: Widget; onSet: (settings: Settings) => void };

function WidgetForm({ widget, projectId, onSave }: Pick<WidgetDialogProps, "widget" | "projectId" | "onSave">) {
  const [draft, setDraft] = useState<Widget>(
    () =>
      widget ?? { id: crypto.randomUUID(), type: "project_metrics", title: "", config: projectId ? { projectId } : {} },
  );
  const [problem, setProblem] = useState<string | null>(null);
  const onSet = (settings: Settings) => setDraft((old) => ({ ...old, config: { ...old.config, ...settings } }));
  const submit = () => {
    const title = draft.title.trim() || titleOf(draft);
    if (draft.type === "text_markdown" && !settingOf(draft, "content")) return setProblem("Write something.");
    onSave({ ...draft, title });
  };
  const Part = PARTS[draft.type];
  return (
    <Form onSubmit={submit}>
      <FormRow>
        <SelectField
          label="What it is"
          value={draft.type}
          options={WIDGET_TYPES}
          isDisabled={widget !== null}
          onChange={(type) => setDraft({ ...draft, type })}
        />
        <TextField
          label="Title (optional)"
          value={draft.title}
          onChange={(title) => setDraft({ ...draft, title })}
          placeholder={titleOf(draft)}
        />
      </FormRow>
      {Part && <Part widget={draft} onSet={onSet} />}
      {draft.type !== "text_markdown" && <Source widget={draft} onSet={onSet} />}
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit">
          Save widget
        </Button>
      </FormActions>
    </Form>
  );
}

/** What a widget is called that nobody named. */
function titleOf(widget: Widget): string {
  const metric = METRICS.find(({ id }) => id === (settingOf(widget, "metricType") ?? "TRACE_COUNT"));
  if (widget.type === "project_metrics" && metric) return metric.label;
  const single = singleOf(settingOf(widget, "metric") ?? "trace_count");
  if (widget.type === "project_stats_card" && single) return single.label;
  return typeOf(widget.type).label;
}

const PARTS: Record<string, (props: PartProps) => ReactNode> = {
  project_metrics: OverTimePart,
  project_stats_card: FigurePart,
  statistics_table: TablePart,
  experiment_leaderboard: LeaderboardPart,
  experiments_feedback_scores: ScoresPart,
  text_markdown: TextPart,
};

const SHAPES = [
  { id: "line", label: "Lines" },
  { id: "bar", label: "Bars" },
] as const;

function OverTimePart({ widget, onSet }: PartProps) {
  const id = settingOf(widget, "metricType") ?? "TRACE_COUNT";
  const shape = settingOf(widget, "chartType") ?? METRICS.find((metric) => metric.id === id)?.shape ?? "line";
  return (
    <>
      <FormRow>
        <SelectField label="Figure" value={id} options={METRICS} onChange={(metricType) => onSet({ metricType })} />
        <SelectField
          label="Drawn as"
          value={shape === "bar" ? "bar" : "line"}
          options={SHAPES}
          onChange={(chartType) => onSet({ chartType })}
        />
      </FormRow>
      <Grouping widget={widget} onSet={onSet} />
    </>
  );
}

function Grouping({ widget, onSet }: PartProps) {
  const breakdown = (widget.config.breakdown ?? {}) as { field?: string; metadataKey?: string };
  const field = GROUPINGS.find(({ id }) => id === breakdown.field)?.id ?? "none";
  return (
    <FormRow>
      <SelectField
        label="Grouped by"
        value={field}
        options={GROUPINGS}
        onChange={(id) => onSet({ breakdown: { ...breakdown, field: id } })}
      />
      {field === "metadata" && (
        <TextField
          label="Key"
          placeholder="customer.plan"
          value={breakdown.metadataKey ?? ""}
          onChange={(metadataKey) => onSet({ breakdown: { field, metadataKey } })}
        />
      )}
    </FormRow>
  );
}

const SOURCES = [
  { id: "traces", label: "Traces" },
  { id: "spans", label: "Spans" },
] as const;

function Of({ widget, onSet }: PartProps) {
  return (
    <SelectField
      label="Of"
      value={settingOf(widget, "source") === "spans" ? "spans" : "traces"}
      options={SOURCES}
      onChange={(source) => onSet({ source })}
    />
  );
}

function FigurePart({ widget, onSet }: PartProps) {
  const id = settingOf(widget, "metric") ?? "trace_count";
  const other = SINGLES.some((single) => single.id === id) ? null : singleOf(id);
  return (
    <FormRow>
      <SelectField
        label="Figure"
        value={id}
        options={other ? [...SINGLES, other] : SINGLES}
        onChange={(metric) => onSet({ metric })}
      />
      <Of widget={widget} onSet={onSet} />
    </FormRow>
  );
}

function TablePart(props: PartProps) {
  return (
    <>
      <Of {...props} />
      <Grouping {...props} />
    </>
  );
}

function LeaderboardPart({ widget, onSet }: PartProps) {
  return (
    <FormRow>
      <TextField
        label="Ranked by (optional)"
        hint="feedback_scores.accuracy, pass_rate, duration.p50, …"
        value={settingOf(widget, "rankingMetric") ?? ""}
        onChange={(rankingMetric) => onSet({ rankingMetric, enableRanking: rankingMetric !== "" })}
      />
      <CheckField
        label="More is better"
        value={widget.config.rankingDirection !== false}
        onChange={(rankingDirection) => onSet({ rankingDirection })}
      />
    </FormRow>
  );
}

function ScoresPart({ widget, onSet }: PartProps) {
  return (
    <FormRow>
      <SelectField
        label="Drawn as"
        value={shapeOf(widget)}
        options={SCORE_SHAPES}
        onChange={(chartType) => onSet({ chartType })}
      />
    </FormRow>
  );
}

function TextPart({ widget, onSet }: PartProps) {
  return (
    <TextArea
      label="Text"
      hint="Markdown"
      rows={8}
      value={settingOf(widget, "content") ?? ""}
      onChange={(content) => onSet({ content })}
    />
  );
}

function Source({ widget, onSet }: PartProps) {
  const [{ data }] = useQuery({ query: WidgetProjectsQuery });
  const projects = data?.projects.nodes.map(({ id, name }) => ({ id, label: name })) ?? [];
  return (
    <FormRow>
      <SelectField
        label="Project"
        value={settingOf(widget, "projectId") ?? ""}
        options={[{ id: "", label: "All" }, ...projects]}
        onChange={(projectId) => onSet({ projectId: projectId || null })}
      />
      <TextField
        label="Filter (optional)"
        placeholder="environment:production AND tags:beta"
        value={settingOf(widget, "filter") ?? ""}
        onChange={(filter) => onSet({ filter: filter || null })}
      />
    </FormRow>
  );
}
