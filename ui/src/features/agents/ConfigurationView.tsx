import { GitCompareArrows, History, Plus, Server } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { Page } from "@/components/Page";
import { TagList } from "@/components/TagList";
import { VersionRail } from "@/components/VersionRail";
import { AgentEnvironments } from "@/features/agents/AgentEnvironments";
import { BlueprintDiff } from "@/features/agents/BlueprintDiff";
import { BlueprintView } from "@/features/agents/BlueprintView";
import { draftOf, inputOf } from "@/features/agents/draft";
import { Masks } from "@/features/agents/Masks";
import { type Move, MoveDialog } from "@/features/agents/MoveDialog";
import {
  type Blueprint,
  type Configuration,
  nameOf,
  useBlueprint,
  useConfiguration,
  useVersions,
} from "@/features/agents/useConfiguration";
import { VersionDialog } from "@/features/agents/VersionDialog";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { showToast } from "@/lib/toasts";
import styles from "./Agents.module.css";

const RestoreAgentVersionMutation = graphql(`
  mutation RestoreAgentVersion($input: AgentBlueprintInput!) {
    addAgentBlueprint(input: $input) {
      id
      name
    }
  }
`);

export type ConfigurationSearch = {
  version?: string | undefined;
  compare?: string | undefined;
  /** The mask that is open. */
  mask?: string | undefined;
};

type ConfigurationViewProps = {
  projectId: string;
  search: ConfigurationSearch;
  /** The way to what happened to it. */
  history: ReactNode;
  onSearch: (search: ConfigurationSearch) => void;
};

/** What the agents of a project are set to: versions, which environment is at which, and masks to try values out. */
export function ConfigurationView({ projectId, search, history, onSearch }: ConfigurationViewProps) {
  const { configuration, isRead, failure, refresh } = useConfiguration(projectId);
  const [asked, setAsked] = useState<"version" | "mask" | null>(null);
  const onMade = (id: string) => {
    refresh();
    onSearch(asked === "mask" ? { ...search, mask: id } : { version: id });
    setAsked(null);
  };
  return (
    <Page
      isWide
      title="Agent configuration"
      count={configuration?.versionCount}
      about={<p>What the agents of this project are set to: they read it when they start.</p>}
      actions={
        configuration && (
          <>
            {history}
            <Button kind="primary" onPress={() => setAsked("version")}>
              <Plus aria-hidden /> New version
            </Button>
          </>
        )
      }
    >
      <Found what="agent configuration" value={isRead || null} failure={failure} onRetry={refresh}>
        {() =>
          configuration ? (
            <Versions {...{ configuration, search, refresh, onSearch }} onNewMask={() => setAsked("mask")} />
          ) : (
            <EmptyState
              title="No agent configuration yet"
              actions={
                <Button kind="primary" onPress={() => setAsked("version")}>
                  <Plus aria-hidden /> First version
                </Button>
              }
            >
              Models, prompts and settings that agents read when they start, kept in versions. A program can make the
              first one, or you can. It is put in the environment prod.
            </EmptyState>
          )
        }
      </Found>
      <VersionDialog
        key={asked}
        projectId={projectId}
        values={configuration ? (configuration.latest?.values ?? []) : null}
        isMask={asked === "mask"}
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        onMade={onMade}
      />
    </Page>
  );
}

type VersionsProps = {
  configuration: Configuration;
  search: ConfigurationSearch;
  refresh: () => void;
  onSearch: (search: ConfigurationSearch) => void;
  onNewMask: () => void;
};

function Versions(props: VersionsProps) {
  const { configuration, search, onSearch, onNewMask } = props;
  const { projectId, masks, latest, environments } = configuration;
  const list = useVersions(projectId);
  const [move, setMove] = useState<Move | null>(null);
  const refresh = () => {
    props.refresh();
    list.catchUp();
  };
  const onChoose = (version: string) => onSearch({ version });
  return (
    <Found what="versions" value={list.list} failure={list.list ? null : list.failure} onRetry={list.refresh}>
      {({ items }) => (
        <div className={styles.parts}>
          <AgentEnvironments {...{ configuration, onChoose }} versions={items} onMove={setMove} onChanged={refresh} />
          <Chosen {...{ projectId, search, refresh, onSearch }} versions={items} more={list.more} onMove={setMove} />
          <Masks
            {...{ projectId, masks, latest }}
            open={search.mask}
            onOpen={(mask) => onSearch({ ...search, mask })}
            onNew={onNewMask}
            onApplied={(version) => {
              refresh();
              onSearch({ version });
            }}
          />
          <MoveDialog
            {...{ projectId, move }}
            versions={items}
            environments={environments.map(({ name }) => name)}
            onClose={() => setMove(null)}
            onMoved={refresh}
          />
        </div>
      )}
    </Found>
  );
}

type ChosenProps = Pick<VersionsProps, "search" | "refresh" | "onSearch"> & {
  projectId: string;
  versions: readonly Blueprint[];
  more: Parameters<typeof VersionRail>[0]["more"];
  onMove: (move: Move) => void;
};

function Chosen({ projectId, versions, more, search, refresh, onSearch, onMove }: ChosenProps) {
  const [, restore] = useMutation(RestoreAgentVersionMutation);
  const shown = useBlueprint(search.version, versions) ?? versions[0];
  const compared = useBlueprint(search.compare, versions);
  if (!shown) return null;
  const place = versions.findIndex(({ id }) => id === shown.id);
  const before = place === -1 ? undefined : versions[place + 1];
  const isOlder = (one: Blueprint, other: Blueprint) => (one.number ?? 0) < (other.number ?? 0);
  const onRestore = async () => {
    const description = `As ${nameOf(shown)}`;
    const input = { projectId, description, values: inputOf(draftOf(shown.values)), isMask: false };
    const { data, error } = await restore({ input });
    if (!data) return showToast(error ? failureOf(error).message : "The server sent no answer.");
    showToast(`${data.addAgentBlueprint.name} says again what ${nameOf(shown)} said.`);
    refresh();
    onSearch({ version: data.addAgentBlueprint.id });
  };
  return (
    <VersionRail
      versions={versions.map((version) => ({
        id: version.id,
        name: nameOf(version),
        said: version.description,
        createdAt: version.createdAt,
        createdBy: version.createdBy,
        marks: <TagList label={`Environments of ${nameOf(version)}`} tone="accent" tags={version.environments} />,
      }))}
      more={more}
      shownId={shown.id}
      comparedId={compared?.id ?? null}
      onChoose={(version) => onSearch({ version, compare: search.compare })}
      onCompare={(compare) => onSearch({ version: shown.id, compare })}
    >
      {compared && compared.id !== shown.id ? (
        <BlueprintDiff
          older={isOlder(compared, shown) ? compared : shown}
          newer={isOlder(compared, shown) ? shown : compared}
          onClose={() => onSearch({ version: shown.id })}
        />
      ) : (
        <BlueprintView blueprint={shown}>
          {before && (
            <Button onPress={() => onSearch({ version: shown.id, compare: before.id })}>
              <GitCompareArrows aria-hidden /> What changed
            </Button>
          )}
          <Button onPress={() => onMove({ environment: null, blueprintId: shown.id })}>
            <Server aria-hidden /> Put in an environment
          </Button>
          {place > 0 && (
            <Button onPress={onRestore}>
              <History aria-hidden /> Restore
            </Button>
          )}
        </BlueprintView>
      )}
    </VersionRail>
  );
}
