import { getRouteApi } from "@tanstack/react-router";
import { ThingLink } from "@/app/ThingLink";
import { EmptyState } from "@/components/EmptyState";
import { ConfigurationView } from "@/features/agents/ConfigurationView";
import { Activity } from "@/features/history/Activity";
import { ActivityButton } from "@/features/history/ActivityButton";

const route = getRouteApi("/$workspace/projects/$projectId/agent-configuration");

export function AgentConfigurationPage() {
  const { workspace, projectId } = route.useParams();
  const { history, ...search } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <ConfigurationView
      key={projectId}
      {...{ projectId, search }}
      history={
        <ActivityButton
          noun="agent configuration"
          isOpen={history !== undefined}
          onOpenChange={(isOpen) => navigate({ search: { ...search, history: isOpen ? "changes" : undefined } })}
        >
          <Activity
            workspace={workspace}
            filter={{ areas: ["AGENTS", "HISTORY"], thing: projectId }}
            kind="AGENT"
            thingLink={(thing, name) => <ThingLink thing={thing}>{name}</ThingLink>}
          >
            <EmptyState title="Nothing has happened yet">Changes of this configuration are told here.</EmptyState>
          </Activity>
        </ActivityButton>
      }
      onSearch={(next) => navigate({ search: next })}
    />
  );
}
