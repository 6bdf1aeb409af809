import { GetStarted } from "@/features/projects/GetStarted";

export function GetStartedPage() {
  return <GetStarted isWaiting={false} />;
}
