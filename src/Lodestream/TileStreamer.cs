namespace Lodestream;
