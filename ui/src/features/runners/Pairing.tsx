import { Laptop } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { Problem } from "@/components/Form";
import { Page } from "@/components/Page";
import { type PairingLink, proofOf } from "@/features/runners/pairingLink";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import styles from "./Pairing.module.css";

const ActivateRunnerMutation = graphql(`
  mutation ActivateRunner($sessionId: ID!, $name: String!, $proof: String!) {
    activateRunner(sessionId: $sessionId, name: $name, proof: $proof) {
      id
    }
  }
`);

const MAY = {
  connect: "It may then be asked to read and change files of its folder, and to run commands there.",
  endpoint: "The agent that runs there may then be asked to work, with inputs from here.",
};

type PairingProps = {
  link: PairingLink | null;
  /** As the link calls it. */
  projectName: string | undefined;
  toProject: (label: string, projectId: string) => ReactNode;
  onPaired: () => void;
};

/** Says yes to a machine that asked to be connected. */
export function Pairing({ link, projectName, toProject, onPaired }: PairingProps) {
  const [, activate] = useMutation(ActivateRunnerMutation);
  const [state, setState] = useState<"asking" | "busy" | "paired">("asking");
  const [problem, setProblem] = useState<string | null>(null);
  if (!link) {
    return (
      <ErrorState
        title="This link connects nothing"
        message="It is not whole: open the link that the program printed to its end, or start the program again."
      />
    );
  }
  const { sessionId, name, projectId, kind } = link;
  const project = projectName ?? "its project";
  if (state === "paired") {
    return (
      <EmptyState title={`${name} is connected`} actions={toProject(`To ${project}`, projectId)}>
        The program goes on by itself; this page is not needed any more.
      </EmptyState>
    );
  }
  const onPress = async () => {
    setState("busy");
    setProblem(await connect());
  };
  /** Says what went wrong, if something did. */
  const connect = async (): Promise<string | null> => {
    if (!crypto.subtle) {
      setState("asking");
      return "The browser signs only on pages of this machine or over HTTPS: open the link by such an address.";
    }
    const { error } = await activate({ sessionId, name, proof: await proofOf(link) });
    setState(error ? "asking" : "paired");
    if (error) return failureOf(error).message;
    onPaired();
    return null;
  };
  return (
    <Page title="Connect a machine">
      <div className={styles.card}>
        <Laptop aria-hidden />
        <div>
          <h2>{name}</h2>
          <p>
            This machine asks to be connected to the project <strong>{project}</strong>. {MAY[kind]} Say yes only if it
            was you who started it.
          </p>
          <Problem text={problem} />
          <Button kind="primary" isDisabled={state === "busy"} onPress={onPress}>
            {state === "busy" ? "Connecting…" : `Connect ${name}`}
          </Button>
        </div>
      </div>
    </Page>
  );
}
