// Runs one model of ONNX Runtime Web; `ort` stands before it in the same worker.
let session;

async function begin({ wasm, model }) {
  ort.env.logLevel = "error"; // what it warns of, such as constants it folds later, means nothing to a visitor
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = wasm;
  session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
  return {};
}

async function run({ inputs }) {
  const feeds = {};
  for (const [name, { type, data, dims }] of Object.entries(inputs)) feeds[name] = new ort.Tensor(type, data, dims);
  const results = await session.run(feeds);
  return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, tensor.data]));
}

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ id: data.id, result: await (data.model ? begin(data) : run(data)) });
  } catch (error) {
    self.postMessage({ id: data.id, error: String(error?.message ?? error) });
  }
};
