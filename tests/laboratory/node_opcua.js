// Reads, calls and is refused, with node-opcua's client: node_opcua.js ADDRESS ID
const { AttributeIds, DataType, OPCUAClient } = require("node-opcua-client");

async function main([address, id]) {
  const client = OPCUAClient.create({ endpointMustExist: false, connectionStrategy: { maxRetry: 1 } });
  await client.connect(address);
  const session = await client.createSession();
  const at = (await session.readNamespaceArray()).indexOf("urn:picopanel");
  const node = (name) => `ns=${at};s=${id}${name}`;
  const read = (name) => session.read({ nodeId: node(name), attributeId: AttributeIds.Value });
  const call = (name, ...inputArguments) =>
    session.call({ objectId: node(""), methodId: node(`.${name}`), inputArguments });
  const value = await read(".temperature.SensorValue");
  const unit = await read(".temperature.SensorValue.EngineeringUnits");
  const toggled = await call("Toggle");
  const refused = await call(
    "Set", { dataType: DataType.String, value: "nothing" }, { dataType: DataType.Double, value: 1 },
  );
  const said = {
    value: value.value.value,
    status: value.statusCode.name,
    unit: unit.value.value.displayName.text,
    toggled: toggled.statusCode.name,
    led: toggled.outputArguments[0].value,
    refused: refused.statusCode.name,
  };
  console.log(`said ${JSON.stringify(said)}`);
  await session.close();
  await client.disconnect();
}

main(process.argv.slice(2));
