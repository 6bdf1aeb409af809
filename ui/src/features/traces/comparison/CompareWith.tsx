import { GitCompareArrows } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useQuery } from "urql";
import { Button } from "@/components/Button";
import { ErrorState } from "@/components/ErrorState";
import { Form, FormActions, Problem, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { Skeleton } from "@/components/Skeleton";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatCost, formatDuration, formatInstant } from "@/lib/format";
import { useHotkeys } from "@/lib/hotkeys";
import styles from "./CompareWith.module.css";

const NamesakesQuery = graphql(`
  query Namesakes($projectId: ID!, $filter: String) {
    project(id: $projectId) {
      id
      traces(filter: $filter, first: 21) {
        nodes {
          id
          startTime
          endTime
          durationMs
          cost
          inputPreview(chars: 120)
          error {
            exceptionType
          }
        }
      }
    }
  }
`);

type Namesake = NonNullable<DocumentType<typeof NamesakesQuery>["project"]>["traces"]["nodes"][number];

const NAMESAKES_SHOWN = 20;

type CompareWithProps = {
  trace: { id: string; projectId: string; name?: string | null };
  /** The way to the comparison with another trace. */
  link: (otherId: string, children: ReactNode) => ReactNode;
  onCompare: (otherId: string) => void;
};

/** Chooses the trace that an open one is compared with. */
export function CompareWith(props: CompareWithProps) {
  const [isOpen, setOpen] = useState(false);
  useHotkeys({ d: () => setOpen(true) });
  return (
    <>
      <Button onPress={() => setOpen(true)} aria-keyshortcuts="D">
        <GitCompareArrows aria-hidden /> Compare with… <kbd>D</kbd>
      </Button>
      <ModalDialog title="Compare with another trace" isWide isOpen={isOpen} onOpenChange={setOpen}>
        <ById own={props.trace.id} onCompare={props.onCompare} />
        <Namesakes {...props} />
      </ModalDialog>
    </>
  );
}

const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

function ById({ own, onCompare }: { own: string; onCompare: (otherId: string) => void }) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = () => {
    // Of an address the ID of the trace comes after that of the project.
    const ids = text.match(ID) ?? [];
    const id = (
      /[?&]trace=([0-9a-f-]{36})/i.exec(text)?.[1] ??
      /traces\/([0-9a-f-]{36})/i.exec(text)?.[1] ??
      ids[0]
    )?.toLowerCase();
    if (!id) setProblem("This holds no ID of a trace.");
    else if (id === own) setProblem("This is the trace itself.");
    else onCompare(id);
  };
  return (
    <Form label="By ID" onSubmit={submit}>
      <TextField label="ID of a trace, or its address" autoFocus value={text} onChange={setText} />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={text.trim() === ""}>
          Compare
        </Button>
      </FormActions>
    </Form>
  );
}

function Namesakes({ trace, link }: CompareWithProps) {
  const filter = trace.name == null ? null : `name:=${JSON.stringify(trace.name)}`;
  const [{ data, error }, read] = useQuery({
    query: NamesakesQuery,
    variables: { projectId: trace.projectId, filter },
    requestPolicy: "cache-and-network",
  });
  const found = data?.project?.traces.nodes.filter(({ id }) => id !== trace.id).slice(0, NAMESAKES_SHOWN);
  const title = filter ? `Newest of the name “${trace.name}”` : "Newest traces";
  return (
    <section aria-label={title} className={styles.namesakes}>
      <h3>{title}</h3>
      {error && !data ? (
        <ErrorState
          title="The traces could not be read"
          message={failureOf(error).message}
          onRetry={() => read({ requestPolicy: "network-only" })}
        />
      ) : !found ? (
        <Skeleton label="Loading traces" rows={4} />
      ) : found.length === 0 ? (
        <p>There is no other.</p>
      ) : (
        <ul>
          {found.map((each) => (
            <li key={each.id}>
              {link(each.id, formatInstant(each.startTime))} <span>{factsOf(each)}</span>
              <p>{each.inputPreview}</p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function factsOf({ endTime, durationMs, cost, error }: Namesake): string {
  const parts = [endTime ? formatDuration(durationMs) : "running", formatCost(cost), error?.exceptionType];
  return parts.filter(Boolean).join(" · ");
}
