import type { ReactNode } from "react";
import { useQuery } from "urql";
import { graphql } from "@/gql";

const ThreadIdQuery = graphql(`
  query ThreadId($projectId: ID!, $threadId: String!) {
    threadByThreadId(projectId: $projectId, threadId: $threadId) {
      id
    }
  }
`);

type ThreadLinkProps = {
  projectId: string;
  /** What clients call the thread. */
  name: string;
  link: (id: string) => ReactNode;
};

/** The way from a trace to its conversation; while that is not known, its name. */
export function ThreadLink({ projectId, name, link }: ThreadLinkProps) {
  const [{ data }] = useQuery({ query: ThreadIdQuery, variables: { projectId, threadId: name } });
  const id = data?.threadByThreadId?.id;
  return id ? link(id) : name;
}
