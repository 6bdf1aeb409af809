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
  { id: "definitions", label: "Feedback definitions", Part: Definitions },
  { id: "environments", label: "Environments", Part: Environments },
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
