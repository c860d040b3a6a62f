import java.io.File;
import java.util.Map;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Judges PDF files by a veraPDF profile (3a, ua1): one line "PASS file" or "FAIL file broken rules" for each. */
public class VeraCheck {
    public static void main(String[] arguments) throws Exception {
        java.util.logging.LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        PDFAFlavour profile = PDFAFlavour.byFlavourId(arguments[0]);
        for (int i = 1; i < arguments.length; i++) {
            System.out.println(verdict(profile, arguments[i]));
        }
    }

    private static String verdict(PDFAFlavour profile, String file) throws Exception {
        try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(file), profile);
             PDFAValidator validator = Foundries.defaultInstance().createValidator(profile, false)) {
            ValidationResult result = validator.validate(parser);
            return result.isCompliant() ? "PASS " + file : "FAIL " + file + " " + broken(result);
        }
    }

    private static Map<String, Integer> broken(ValidationResult result) {
        Map<String, Integer> rules = new TreeMap<>();
        for (TestAssertion assertion : result.getTestAssertions()) {
            if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                rules.merge(assertion.getRuleId().getClause() + "-t" + assertion.getRuleId().getTestNumber(), 1, Integer::sum);
            }
        }
        return rules;
    }
}
