/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  // Pages only: the API is served before Next, compressed once per version; streams opt out with `no-transform`.
  compress: true,
  images: { unoptimized: true },
  // Loaded by Node as they are: they hold native code, worker threads or sockets.
  serverExternalPackages: ["postgres", "drizzle-orm", "pino", "pino-pretty", "@redis/client", "prom-client"],
  // Errors of type fail the build; those of the tests are for `npm run verify`.
  typescript: { ignoreBuildErrors: false, tsconfigPath: "tsconfig.build.json" },
};
