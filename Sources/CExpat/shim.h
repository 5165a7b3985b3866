// libexpat, the XML parser. Sources/MobileNet/OpenVINO reads networks of OpenVINO with it.

#ifndef LOOKOUT_CEXPAT_H
#define LOOKOUT_CEXPAT_H

#include <expat.h>

#endif
