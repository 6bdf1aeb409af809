import { getRouteApi, Link } from "@tanstack/react-router";
import { Page } from "@/components/Page";
import { Definitions } from "@/features/definitions/Definitions";
import { Environments } from "@/features/environments/Environments";
import { Prices } from "@/features/prices/Prices";
import { Preferences } from "@/features/workspaces/Preferences";
import styles from "./SettingsPage.module.css";

const route = getRouteApi("/$workspace/settings");

const PARTS = [
  { id: "definitions", label: "Feedback definitions", Part: Definitions },
  { id: "environments", label: "Environments", Part: Environments },
  { id: "prices", label: "Prices", Part: Prices },
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
          >
            {label}
          </Link>
        ))}
      </nav>
      <Part />
    </Page>
  );
}
