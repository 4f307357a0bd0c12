const { dirname, join, resolve, sep } = require('node:path');
const { pathToFileURL } = require('node:url');
const { compileFunction, SyntheticModule } = require('node:vm');
const { default: Runtime } = require('jest-runtime');

const ROOT = join(__dirname, '../../..');
const SOURCES = join(ROOT, 'src') + sep;

/**
 * Jest's runtime, but that what tests import of the server and of packages is loaded by Node itself: the build of the sources, once a
 * process and not once a file of tests, in the form in which it runs in production. The tests and what supports them are loaded by Jest.
 */
module.exports = class BuiltServerRuntime extends Runtime {
  constructor(...options) {
    super(...options);
    const { esmLoader, executor, registries, _resolution: resolution } = this;
    const byJest = esmLoader.resolveModule.bind(esmLoader);
    esmLoader.resolveModule = async (specifier, from, context) => {
      const native = resolution.isCoreModule(specifier) ? undefined : nativeUrl(specifier, from);
      if (native === undefined) return byJest(specifier, from, context);
      const registry = registries.getActiveEsmRegistry();
      const key = `native:${native}`;
      if (!registry.has(key)) registry.set(key, nativeModule(native));
      return registry.get(key);
    };
    // The other way to import asks nobody.
    resolution.canResolveSync = () => false;
    // All in the realm of the process: see `environment.cjs`.
    esmLoader.getContext = () => undefined;
    executor.compile = (source, filename) =>
      compileFunction(source, executor.injectedModuleParameters, {
        filename,
        importModuleDynamically: (specifier, _function, attributes) =>
          executor.dynamicImport(specifier, filename, undefined, attributes),
      });
  }
};

/** What Node is to import in its place, or undefined where Jest is to load it. */
function nativeUrl(specifier, from) {
  if (!specifier.startsWith('.'))
    return /^[@a-z]/.test(specifier) && specifier !== '@jest/globals' ? specifier : undefined;
  const path = resolve(dirname(from), specifier);
  return path.startsWith(SOURCES) ? pathToFileURL(join(ROOT, 'dist', path.slice(SOURCES.length))).href : undefined;
}

async function nativeModule(url) {
  const namespace = await import(url);
  const names = Object.keys(namespace);
  const module = new SyntheticModule(
    names,
    function () {
      for (const name of names) this.setExport(name, namespace[name]);
    },
    { identifier: url },
  );
  // From Node 22 on it has nothing to link.
  if (module.status === 'unlinked') await module.link(() => undefined);
  await module.evaluate();
  return module;
}
