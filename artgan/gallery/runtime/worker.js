// Runs one model of ONNX Runtime Web; `ort` stands before it in the same worker.
let session;

async function begin({ wasm, model }) {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = wasm;
  // Errors alone (3): what it warns of, such as nodes that it does not fold, means nothing to a visitor.
  session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"], logSeverityLevel: 3 });
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
