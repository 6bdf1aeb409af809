import { getRouteApi, Link } from "@tanstack/react-router";
import { Page } from "@/components/Page";
import { Definitions } from "@/features/definitions/Definitions";
import { DerivedColumns } from "@/features/derived/DerivedColumns";
import { Environments } from "@/features/environments/Environments";
import { Erasures } from "@/features/erasures/Erasures";
import { Prices } from "@/features/prices/Prices";
import { Retention } from "@/features/retention/Retention";
import { Preferences } from "@/features/workspaces/Preferences";
import styles from "./SettingsPage.module.css";

const route = getRouteApi("/$workspace/settings");

const PARTS = [
  { id: "definitions", label: "Feedback definitions", Part: DefinitionsPart },
  { id: "environments", label: "Environments", Part: EnvironmentsPart },
  { id: "columns", label: "Derived columns", Part: DerivedColumns },
  { id: "prices", label: "Prices", Part: Prices },
  { id: "retention", label: "Retention", Part: RetentionPart },
  { id: "erasures", label: "Erasures", Part: Erasures },
  { id: "preferences", label: "Preferences", Part: Preferences },
] as const;

export function SettingsPage() {
  const { workspace } = route.useParams();
  const { tab } = route.useSearch();
  const { Part, id: shown } = PARTS.find(({ id }) => id === tab) ?? PARTS[0];
  return (
    <Page title="Settings">
      <nav aria-label="Parts of the settings" className={styles.parts}>
        {PARTS.map(({ id, label }) => (
          <Link
            key={id}
            to="/$workspace/settings"
            params={{ workspace }}
            search={{ tab: id }}
            aria-current={id === shown ? "page" : undefined}
            ref={id === shown ? bringIntoSight : undefined}
          >
            {label}
          </Link>
        ))}
      </nav>
      <Part />
    </Page>
  );
}

/** On a narrow screen the parts do not all fit beside each other. */
const bringIntoSight = (link: HTMLAnchorElement | null) =>
  link?.scrollIntoView({ block: "nearest", inline: "nearest" });

/** The order of a list stands in the address. */
function useSort() {
  const { sort } = route.useSearch();
  const navigate = route.useNavigate();
  const onSort = (next: string | undefined) => navigate({ search: (old) => ({ ...old, sort: next }), replace: true });
  return { sort, onSort };
}

function DefinitionsPart() {
  return <Definitions {...useSort()} />;
}

function EnvironmentsPart() {
  return <Environments {...useSort()} />;
}

function RetentionPart() {
  const { ended } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Retention
      showsEnded={ended !== undefined}
      onShowsEnded={(shows) =>
        navigate({ search: (old) => ({ ...old, ended: shows ? "shown" : undefined }), replace: true })
      }
    />
  );
}
