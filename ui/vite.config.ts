import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { graphiqlFonts } from "./vite-graphiql-fonts.ts";
import { ownDocuments } from "./vite-own-documents.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = process.env.CAIRN_URL ?? "http://127.0.0.1:5173";

export default defineConfig({
  plugins: [react(), graphiqlFonts(), ownDocuments(here("./src"))],
  resolve: { alias: { "@": here("./src") } },
  build: {
    // The policy of the server allows no inline script, and the page needs none.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { main: here("./index.html"), graphiql: here("./graphiql.html") },
      output: {
        // Many small files cost more than a few of which not all is needed at once.
        codeSplitting: {
          groups: [
            { name: "icons", test: /node_modules.lucide-react/, minShareCount: 2 },
            {
              name: "common",
              test: /src.(lib|components).(?!Markdown|CodeBlock|colourCode|DiffView|diffOf|charts|code)/,
              minShareCount: 4,
            },
          ],
        },
      },
    },
  },
  // The workers of GraphiQL cannot be bundled ahead, and `npm run dev` ended over them.
  optimizeDeps: { entries: ["index.html"], exclude: ["@graphiql/react"] },
  server: { port: 3000, proxy: { "/graphql": { target: server, ws: true }, "/api": server } },
  test: { environment: "happy-dom", setupFiles: ["src/testing/setup.ts"], restoreMocks: true, testTimeout: 30_000 },
});
