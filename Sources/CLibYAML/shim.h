// The door to libyaml.
#ifndef MUHURAT_CLIBYAML_SHIM_H
#define MUHURAT_CLIBYAML_SHIM_H

#include <yaml.h>

#endif
