import { type ReactNode, useState } from "react";
import { Badge } from "@/components/Badge";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { Page } from "@/components/Page";
import { AgentForm } from "@/features/runners/AgentForm";
import { ConnectAgent } from "@/features/runners/ConnectAgent";
import { JobList } from "@/features/runners/JobList";
import { JobView } from "@/features/runners/JobView";
import { type Job, useJob } from "@/features/runners/useJob";
import { agentsOf, isHere, jobsOf, nameOf, type Runner, useRunners } from "@/features/runners/useRunners";
import styles from "./Playground.module.css";

export type PlaygroundSearch = { agent?: string | undefined; job?: string | undefined };

type AgentPlaygroundProps = {
  projectId: string;
  projectName: string;
  search: PlaygroundSearch;
  onSearch: (search: PlaygroundSearch) => void;
  traceLink: (traceId: string) => ReactNode;
  /** What the job does, step by step, from a position of the log on. */
  trajectory: (job: Job & { traceId: string }, position: string) => ReactNode;
};

/** Asks an agent that runs on somebody's machine to work, and watches it. */
export function AgentPlayground({ projectId, projectName, ...props }: AgentPlaygroundProps) {
  const { runners, failure, refresh } = useRunners(projectId);
  return (
    <Page
      title="Agent playground"
      about="Runs an agent on the machine where its program is, with inputs from here."
      actions={runners && <Connection runners={runners} />}
      isWide
    >
      <Found what="connected programs" value={runners} failure={failure} onRetry={refresh}>
        {(found) => <Playground runners={found} onChanged={refresh} {...{ projectId, projectName }} {...props} />}
      </Found>
    </Page>
  );
}

function Connection({ runners }: { runners: readonly Runner[] }) {
  const names = runners.filter(isHere).map(nameOf);
  return (
    <p role="status" className={styles.connection}>
      {names.length > 0 ? (
        <Badge tone="accent">{names.join(", ")} connected</Badge>
      ) : runners.some(({ status }) => status === "PAIRING") ? (
        <Badge>A program waits for your yes: open the link that it printed</Badge>
      ) : (
        <Badge>Waiting for a program to connect…</Badge>
      )}
    </p>
  );
}

type PlaygroundProps = AgentPlaygroundProps & { runners: readonly Runner[]; onChanged: () => void };

function Playground({ projectId, projectName, runners, search, onSearch, onChanged, ...props }: PlaygroundProps) {
  const agents = agentsOf(runners);
  const agent = agents.find(({ name }) => name === search.agent) ?? agents[0];
  const jobs = jobsOf(runners);
  const { job, position, lines, failure, onRetry } = useJob(search.job ?? null);
  const [firstJob] = useState(search.job);
  const isOpening = job === null && failure === null && search.job !== undefined && search.job === firstJob;
  /** Whose inputs the form begins with; the number tells one asking from the next. */
  const [again, setAgain] = useState<{ job: Job; count: number } | null>(null);
  const seed = [again?.job, job].find((each) => each?.agent === agent?.name);
  return (
    <div className={styles.columns} data-wide={agent === undefined || undefined}>
      <div className={styles.side}>
        {agent ? (
          <AgentForm
            // The job that the page is opened with comes later than the form, and fills it.
            key={`${agent.name} ${again?.count ?? 0} ${isOpening}`}
            {...{ projectId, agents, agent, job }}
            inputs={seed?.inputs ?? null}
            onAgent={(name) => onSearch({ agent: name })}
            onJob={(id) => {
              onChanged();
              onSearch({ agent: agent.name, job: id });
            }}
          />
        ) : (
          <ConnectAgent projectName={projectName} isRegistering={runners.some(isHere)} />
        )}
        {jobs.length > 0 && (
          <JobList jobs={jobs} openId={search.job} onOpen={(id) => onSearch({ ...search, job: id })} />
        )}
      </div>
      {search.job ? (
        <Found what="run" value={job} failure={failure} onRetry={onRetry}>
          {(open) => (
            <JobView
              {...{ job: open, lines }}
              onAgain={
                agents.some(({ name }) => name === open.agent)
                  ? () => {
                      setAgain({ job: open, count: (again?.count ?? 0) + 1 });
                      onSearch({ ...search, agent: open.agent });
                    }
                  : null
              }
              traceLink={props.traceLink}
              trajectory={open.traceId && position && props.trajectory({ ...open, traceId: open.traceId }, position)}
            />
          )}
        </Found>
      ) : (
        agent && (
          <EmptyState title="Nothing is shown yet">
            Run the agent: what it does, prints and answers appears here while it works.
          </EmptyState>
        )
      )}
    </div>
  );
}
