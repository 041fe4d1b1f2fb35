/** What `fieldscout config init` writes: the settings that most people change, the others are in docs/configuration.md. */
export const starterFile = `# Fieldscout. Every setting and its default: docs/configuration.md
site:
  id: farm            # becomes a part of MQTT topics
  name: My farm
  timeZone: UTC       # whose midnight begins a day of counts, e.g. Europe/Lisbon
  # latitude: 38.72
  # longitude: -9.14
  # crop: broad bean

node: scout

# A model id ("fieldscout models list") or a folder. scout-tiny is for first contact; for field work:
#   fieldscout models pull clip-vit-b32
model: scout-tiny

cameras:
  - id: leaf
    source: sim:leaf              # or folder:/path/of/pictures, or http://camera/still.jpg
    intervalMs: 1000
    prompts:                      # "fieldscout prompts list", or YAML files of your own
      - insects/aphids
      - insects/beetles-and-weevils
      - insects/caterpillars
    tiles:
      scales: [96, 192]           # tile sides in frame pixels: a pest should fill a third to all of one
      # overlap: 0.5              # share of a tile that its neighbour covers too: else as the model wants it
    # mmPerPixel: 0.1             # how much of the plant one pixel covers: lets Fieldscout warn of pests too small to see
    keepPictures: detections      # none, detections or all

# alerts:
#   - id: aphids-on-leaf
#     target: aphid
#     measure: now                # now, hour or day
#     threshold: 5

# mqtt:
#   url: mqtt://broker.farm.example:1883   # without it the embedded broker is used
#   username: scout
#   passwordFile: mqtt-password.txt
`;
